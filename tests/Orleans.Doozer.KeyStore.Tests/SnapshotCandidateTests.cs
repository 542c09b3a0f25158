using Orleans.Doozer.Consensus;
using static Orleans.Doozer.KeyStore.Tests.Commands;

namespace Orleans.Doozer.KeyStore.Tests;

public sealed class SnapshotCandidateTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void Candidate_AsRevisionsCome_LeavesTheHistoryAfterIt(int history)
    {
        var machine = NewMachine(history);
        var revisions = new List<long> { 0 };
        for (var slot = 1; slot <= 60; slot++)
        {
            // 0, 1 or 2 revisions in a slot.
            machine.Apply([.. Enumerable.Repeat(Nop(), slot % 3)]);
            revisions.Add(machine.Current.Revision.Value);

            var expected = revisions.FindLastIndex(revision => revisions[^1] - revision >= history);
            Assert.Equal(Math.Max(0, expected), machine.SnapshotCandidate.Value);
        }

        Assert.True(machine.SnapshotCandidate.Value > 30);
    }

    [Fact]
    public void Candidate_WithoutRevisions_IsBoundedBySlots()
    {
        var machine = NewMachine(history: 5, logSlots: 8);
        for (var slot = 1; slot <= 30; slot++)
        {
            machine.Apply();
            Assert.Equal(Math.Max(0, slot - 8), machine.SnapshotCandidate.Value);
        }
    }

    [Theory]
    [InlineData(7, 0)]
    [InlineData(7, 1)]
    [InlineData(7, 5)]
    [InlineData(40, 2)]
    public void Candidate_AmongSparseStates_CanBeCapturedAndLeavesTheHistoryAfterIt(int wholeStates, int revisionsPerSlot)
    {
        var machine = NewMachine(history: 10, logSlots: 100, wholeStates: wholeStates);
        for (var slot = 1; slot <= 400; slot++)
        {
            machine.Apply([.. Enumerable.Repeat(Set("/f", $"{slot}"), revisionsPerSlot)]);
            var state = machine.CaptureAt(machine.SnapshotCandidate);

            Assert.Equal(machine.SnapshotCandidate, state.Slot);
            Assert.Equal(revisionsPerSlot == 0 || state.Slot == Slot.Zero ? "" : $"{state.Slot}", state.View.Get("/f").Value.Text());
            Assert.Equal(machine.Applied, machine.CaptureAt(machine.Applied).Slot);
            var isBehind = machine.Current.Revision.Value - state.Revision.Value > 10 + wholeStates + revisionsPerSlot;
            Assert.False(isBehind && machine.Applied - state.Slot > 10 + wholeStates, $"at slot {slot} the candidate is {state.Slot}");
            if (slot % 60 == 0)
            {
                machine.ForgetBelow(state.Slot);
                Assert.Equal((state.Slot, state.Slot), (machine.BaseSlot, machine.SnapshotCandidate));
            }
        }

        Assert.True(machine.SnapshotCandidate.Value > 200);
        Assert.Throws<InvariantViolationException>(() => machine.CaptureAt(machine.SnapshotCandidate.Next));
    }

    [Fact]
    public void WholeStates_UnlessSet_AreOneInTwenty() =>
        Assert.Equal((1, 50, 3), (
            new StateMachineOptions { History = 19 }.WholeStateRevisions,
            new StateMachineOptions { History = 1000 }.WholeStateRevisions,
            new StateMachineOptions { WholeStateRevisions = 3 }.WholeStateRevisions));

    [Fact]
    public void LogSlots_UnlessSet_IsFourTimesTheHistory()
    {
        Assert.Equal(28, new StateMachineOptions { History = 7 }.LogSlots);
        Assert.Equal(9, new StateMachineOptions { History = 7, LogSlots = 9 }.LogSlots);
        Assert.Equal(int.MaxValue, new StateMachineOptions { History = int.MaxValue }.LogSlots);
    }

    [Fact]
    public void Restart_FromTheCandidate_HasTheWholeHistoryAgain()
    {
        var machine = NewMachine(history: 10);
        for (var slot = 1; slot <= 40; slot++)
        {
            machine.Apply(Set($"/f{slot % 5}", $"{slot}"));
        }

        var candidate = machine.SnapshotCandidate;
        var restored = Reload(machine, candidate);
        for (var slot = candidate.Value + 1; slot <= 40; slot++)
        {
            restored.Apply(Set($"/f{slot % 5}", $"{slot}"));
        }

        Assert.Equal(machine.History.Oldest, restored.History.Oldest);
        Assert.Equal(machine.Events(31), restored.Events(31));
    }

    [Fact]
    public void ForgetBelow_MovesTheBase_AndKeepsWhatFollows()
    {
        var machine = NewMachine(history: 3, requests: 2);
        for (var slot = 1; slot <= 200; slot++)
        {
            machine.Apply(Set("/f", $"{slot}", -1, Request(slot, slot - 1)));
        }

        machine.ForgetBelow(new(150));
        machine.ForgetBelow(new(120));

        Assert.Equal(150, machine.BaseSlot.Value);
        Assert.Equal(197, machine.SnapshotCandidate.Value);
        Assert.Throws<InvariantViolationException>(() => machine.CaptureAt(new(149)));
        Assert.Throws<InvariantViolationException>(() => machine.CaptureAt(new(201)));
        Assert.Throws<InvariantViolationException>(() => machine.ForgetBelow(new(201)));
        Assert.Equal("150", machine.CaptureAt(new(150)).View.Get("/f").Value.Text());
        Assert.Equal(198, machine.History.Oldest.Value);

        machine.ForgetBelow(new(200));
        machine.Apply(Nop());
        Assert.Equal((200, 200, 201), (machine.BaseSlot.Value, machine.SnapshotCandidate.Value, machine.Applied.Value));
    }

    [Fact]
    public void ReleaseStatesBefore_ACapturedSlot_KeepsTheBaseAndWhatFollows()
    {
        var machine = NewMachine(history: 10);
        for (var slot = 1; slot <= 50; slot++)
        {
            machine.Apply(Set("/f", $"{slot}"));
        }

        machine.ReleaseStatesBefore(new(20));
        Assert.Equal((0, 40, 40), (machine.BaseSlot.Value, machine.SnapshotCandidate.Value, machine.RevisionsToFree));
        Assert.Throws<InvariantViolationException>(() => machine.CaptureAt(Slot.Zero));
        Assert.Throws<InvariantViolationException>(() => machine.CaptureAt(new(19)));
        Assert.Equal("20", machine.CaptureAt(new(20)).View.Get("/f").Value.Text());

        machine.ForgetBelow(new(20));
        Assert.Equal((20, 20), (machine.BaseSlot.Value, machine.RevisionsToFree));

        machine.ReleaseStatesBefore(machine.Applied);
        Assert.Equal("40", machine.CaptureAt(machine.SnapshotCandidate).View.Get("/f").Value.Text());
        machine.ForgetBelow(new(30));
        Assert.Equal((20, 40), (machine.BaseSlot.Value, machine.SnapshotCandidate.Value));
        machine.ForgetBelow(machine.Applied);
        Assert.Equal((50, 50), (machine.BaseSlot.Value, machine.SnapshotCandidate.Value));
        Assert.Equal(41, machine.History.Oldest.Value);
    }

    [Fact]
    public void ForgetBelow_WhileTheLogGrows_KeepsEachSlotsOwnState()
    {
        var machine = NewMachine();
        for (var slot = 1; slot <= 500; slot++)
        {
            machine.Apply(Set("/f", $"{slot}"));
            if (slot % 50 == 0)
            {
                machine.ForgetBelow(new(slot - 40));
            }

            RequireOwnStates(machine);
        }
    }

    private static void RequireOwnStates(StateMachine machine)
    {
        for (var slot = machine.BaseSlot; slot <= machine.Applied; slot = slot.Next)
        {
            Assert.Equal(slot == Slot.Zero ? "" : $"{slot}", machine.CaptureAt(slot).View.Get("/f").Value.Text());
            Assert.Equal(slot, machine.CaptureAt(slot).Slot);
        }
    }
}
