using Orleans.Doozer.Consensus;
using Xunit.Abstractions;

namespace Orleans.Doozer.Clustering.Tests.Simulation;

public sealed class RegisterSimulationTests(ITestOutputHelper output)
{
    private static readonly ulong Seeds = ulong.Parse(
        Environment.GetEnvironmentVariable("DOOZER_SIM_SEEDS") ?? "2000", System.Globalization.CultureInfo.InvariantCulture);


    [Fact]
    public void Register_FaultsCrashesAndSetChanges_IsOneChainAndLosesNothing()
    {
        var (reads, changes, setChanges) = (0UL, 0UL, 0UL);
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            var history = Run(seed, Variant.Shipping);
            Assert.True(history.Violation is null, $"seed {seed}: {history.Violation}");
            (reads, changes, setChanges) = (reads + (ulong)history.Reads, changes + (ulong)history.Changes, setChanges + (ulong)history.SetChanges);
        }

        output.WriteLine($"{Seeds} seeds: {reads} reads, {changes} changes, of them {setChanges} of the acceptor set");

        // A run in which nothing succeeds proves nothing.
        Assert.True(reads > 5 * Seeds && changes > 10 * Seeds && setChanges > 2 * Seeds, "the runs do too little");
    }

    [Fact]
    public void Register_SameSeed_ReplaysTheSameHistory()
    {
        var (first, second) = (Run(7, Variant.Shipping), Run(7, Variant.Shipping));

        Assert.Equal((first.Reads, first.Changes, first.SetChanges), (second.Reads, second.Changes, second.SetChanges));
    }

    [Fact]
    public void Sabotage_PromiseForgottenAtRestart_IsCaught() =>
        Caught(Variant.Shipping with { Recover = votes => votes with { Promised = votes.AcceptedBallot } });

    [Fact]
    public void Sabotage_AcceptedValueForgottenAtRestart_IsCaught() =>
        Caught(Variant.Shipping with { Recover = votes => votes.Node == NodeId.Parse("N0") ? votes : votes with { AcceptedBallot = Ballot.Zero, Accepted = null } });

    [Fact]
    public void Sabotage_AnswerBeforeDisk_IsCaught() => Caught(Variant.Shipping with { AnswerWaitsForDisk = false });

    [Fact]
    public void Sabotage_QuorumOneShort_IsCaught() => Caught(Variant.Shipping with { Proposer = self => new OneShort(self) });

    [Fact]
    public void Sabotage_HighestAcceptedValueIgnored_IsCaught() => Caught(Variant.Shipping with { Proposer = self => new AnyValue(self) });

    [Fact]
    public void Sabotage_SecondWriteOfASetChangeSkipped_IsCaught() =>
        Caught(Variant.Shipping with { Proposer = self => new NoSecondWrite(self) });

    private void Caught(Variant variant)
    {
        for (var seed = 1UL; seed <= Seeds; seed++)
        {
            if (Run(seed, variant).Violation is { } violation)
            {
                output.WriteLine($"caught at seed {seed}: {violation}");
                return;
            }
        }

        Assert.Fail($"not caught within {Seeds} seeds");
    }

    private static History Run(ulong seed, Variant variant)
    {
        var simulation = new RegisterSimulation(seed, variant);
        try
        {
            simulation.Run();
        }
        catch (InvariantViolationException exception)
        {
            simulation.History.Break(exception.Message);
        }

        return simulation.History;
    }

    private sealed class OneShort(RegisterPeer self) : RegisterProposer(self)
    {
        protected override bool IsReached(Quorum quorum) =>
            quorum.Configuration.Voters.Count(quorum.Has) >= Math.Max(1, quorum.Configuration.QuorumSize - 1);
    }

    private sealed class AnyValue(RegisterPeer self) : RegisterProposer(self)
    {
        protected override bool IsBetter(Ballot held, Ballot offered) => true;
    }

    private sealed class NoSecondWrite(RegisterPeer self) : RegisterProposer(self)
    {
        protected override bool MayChangeAcceptors(bool decidedUnderItsOwnSet) => true;
    }
}
