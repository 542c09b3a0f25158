using CsCheck;
using static Orleans.Doozer.KeyStore.Tests.Commands;

namespace Orleans.Doozer.KeyStore.Tests;

public sealed class RequestTests
{
    [Fact]
    public void Request_AppliedTwice_IsDoneOnceAndAnsweredAlike()
    {
        var machine = NewMachine();
        var first = machine.ApplyOne(Set("/a", "1", request: Request(1)));
        machine.Apply(Set("/a", "2"));

        var second = machine.ApplyOne(Set("/a", "1", request: Request(1, since: 2)));

        Assert.Equal(new CommandOutcome(DoozerErrorCode.None, new(1), false), first);
        Assert.Equal(first with { Duplicate = true }, second);
        Assert.Equal("2", machine.Current.Get("/a").Value.Text());
        Assert.Equal(2, machine.Current.Revision.Value);
    }

    [Fact]
    public void Request_TwiceInOneBatch_IsDoneOnce()
    {
        var machine = NewMachine();
        var outcomes = machine.Apply(Nop(Request(1)), Nop(Request(1)));

        Assert.Equal([new(DoozerErrorCode.None, new(1), false), new CommandOutcome(DoozerErrorCode.None, new(1), true)], outcomes);
    }

    [Fact]
    public void CompareAndSet_RetriedAfterSuccess_DoesNotReportMismatch()
    {
        var machine = NewMachine();
        machine.Apply(Set("/lock", "me", expected: 0, request: Request(7)));

        Assert.Equal(DoozerErrorCode.None, machine.ApplyOne(Set("/lock", "me", expected: 0, request: Request(7))).Error);
        Assert.Equal(DoozerErrorCode.RevisionMismatch, machine.ApplyOne(Set("/lock", "me", expected: 0, request: Request(8))).Error);
    }

    [Fact]
    public void Refusal_RetriedWhenItWouldSucceed_StaysARefusal()
    {
        var machine = NewMachine();
        machine.Apply(Set("/lock", "other"));
        var refused = machine.ApplyOne(Set("/lock", "me", expected: 0, request: Request(1)));
        machine.Apply(Delete("/lock"));

        var retried = machine.ApplyOne(Set("/lock", "me", expected: 0, request: Request(1)));

        Assert.Equal(new CommandOutcome(DoozerErrorCode.RevisionMismatch, new(1), false), refused);
        Assert.Equal(refused with { Duplicate = true }, retried);
        Assert.Equal(Revision.Missing, machine.Current.Get("/lock").Revision);
    }

    [Fact]
    public void Request_OfAnotherClientOrSequence_IsAnother()
    {
        var machine = NewMachine();
        machine.Apply(Nop(new(Client, 1, 0)), Nop(new(Client, 2, 0)), Nop(new(Guid.Empty, 1, 0)));

        Assert.Equal(3, machine.Current.Revision.Value);
    }

    [Theory]
    [InlineData(0, DoozerErrorCode.OutcomeUnknown)]
    [InlineData(1, DoozerErrorCode.OutcomeUnknown)]
    [InlineData(2, DoozerErrorCode.None)]
    [InlineData(5, DoozerErrorCode.None)]
    public void Request_NotRemembered_IsRefusedOnlyWhenItMayHaveBeenForgotten(long since, DoozerErrorCode error)
    {
        // Slots 1 to 5 with a request each; three are remembered, so slot 2 holds the newest forgotten one.
        var machine = NewMachine(requests: 3);
        for (var i = 1; i <= 5; i++)
        {
            machine.Apply(Nop(Request(i, since: i - 1)));
        }

        var outcome = machine.ApplyOne(Set("/new", request: Request(99, since)));

        Assert.Equal(error, outcome.Error);
        Assert.False(outcome.Duplicate);
        Assert.Equal(error == DoozerErrorCode.None ? 6 : 5, outcome.Revision.Value);
    }

    [Fact]
    public void Window_AtItsExactEnd_RemembersAndForgets()
    {
        var machine = NewMachine(requests: 3);
        machine.Apply(Nop(Request(1)), Nop(Request(2)), Nop(Request(3)), Nop(Request(4)));

        Assert.True(machine.ApplyOne(Nop(Request(2))).Duplicate);
        Assert.True(machine.ApplyOne(Nop(Request(4))).Duplicate);
        Assert.Equal(DoozerErrorCode.OutcomeUnknown, machine.ApplyOne(Nop(Request(1))).Error);
        Assert.Equal(4, machine.Current.Revision.Value);
    }

    [Fact]
    public void UnknownOutcome_IsNotRemembered()
    {
        var machine = NewMachine(requests: 1);
        machine.Apply(Nop(Request(1)), Nop(Request(2)));
        machine.Apply(Nop(Request(1)));

        // It pushed nothing out: the last request is still known.
        Assert.True(machine.ApplyOne(Nop(Request(2))).Duplicate);
    }

    [Fact]
    public void Requests_Random_EqualNaiveModel() => Programs.Batches.Sample(batches =>
    {
        const int Limit = 4;
        var machine = NewMachine(requests: Limit);
        var model = new List<(long Sequence, long Slot, CommandOutcome Outcome)>();
        foreach (var batch in batches)
        {
            var slot = machine.Applied.Next.Value;
            var outcomes = machine.Apply(batch);
            for (var i = 0; i < batch.Count; i++)
            {
                if (batch[i].Request is not { } id)
                {
                    Assert.False(outcomes[i].Duplicate);
                    continue;
                }

                var known = model.TakeLast(Limit).Where(entry => entry.Sequence == id.Sequence).ToList();
                var forgotten = model.SkipLast(Limit).Select(entry => entry.Slot).LastOrDefault();
                if (known.Count > 0)
                {
                    Assert.Equal(known[0].Outcome with { Duplicate = true }, outcomes[i]);
                }
                else if (id.Since < forgotten)
                {
                    Assert.Equal(DoozerErrorCode.OutcomeUnknown, outcomes[i].Error);
                }
                else
                {
                    Assert.NotEqual(DoozerErrorCode.OutcomeUnknown, outcomes[i].Error);
                    Assert.False(outcomes[i].Duplicate);
                    model.Add((id.Sequence, slot, outcomes[i]));
                }
            }
        }
    });
}
