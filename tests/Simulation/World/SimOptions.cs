using Orleans.Doozer.Consensus;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>What one run looks like, drawn from its seed (swarm testing: each run leaves out some of the faults, so that the others
/// come to states that the full mix never reaches).</summary>
internal sealed record SimOptions
{
    public int InitialVoters { get; init; }

    public int Spares { get; init; }

    public int Clients { get; init; }

    public int Readers { get; init; }

    public int Keys { get; init; }

    public long DurationUs { get; init; }

    public long DelayMinUs { get; init; }

    public long DelayMaxUs { get; init; }

    public long LossPermille { get; init; }

    public long DuplicatePermille { get; init; }

    public long SyncMinUs { get; init; }

    public long SyncMaxUs { get; init; }

    public long ClockDriftPermille { get; init; }

    public long ThinkUs { get; init; }

    public bool GateAllReplies { get; init; }

    public bool Crashes { get; init; }

    public bool Freezes { get; init; }

    public bool Partitions { get; init; }

    public bool Clogs { get; init; }

    public bool SlowDisks { get; init; }

    public bool FullDisks { get; init; }

    public bool ClockStalls { get; init; }

    public bool Wipes { get; init; }

    public bool VoterChanges { get; init; }

    public bool SnapshotFailures { get; init; }

    public long FaultGapUs { get; init; }

    public long Alpha { get; init; }

    public int History { get; init; }

    public int Requests { get; init; }

    public long SnapshotSlots { get; init; }

    public int PipelinedBatches { get; init; }

    public int BatchCommands { get; init; }

    public long CandidateLagSlots { get; init; }

    /// <summary>Up to how many votes the leader gives; 0: the operator alone does.</summary>
    public int AutomaticVoters { get; init; }

    public long VoterSilenceMs { get; init; }

    public long VoterSteadyMs { get; init; }

    public long ForgetMs { get; init; }

    public JournalUnit JournalUnit { get; init; }

    public bool FlippedBits { get; init; }

    public int WholeStateRevisions { get; init; } = 1;

    public long HistoryBytes { get; init; } = long.MaxValue;

    public long SnapshotBytes { get; init; } = long.MaxValue;

    public long LogMemoryBytes { get; init; } = long.MaxValue;

    /// <summary>0: in proportion to the history.</summary>
    public int LogSlots { get; init; }

    public StateMachineOptions State => new()
    {
        History = History,
        HistoryBytes = HistoryBytes,
        Requests = Requests,
        WholeStateRevisions = WholeStateRevisions,
        LogSlots = LogSlots,
    };

    public static SimOptions Draw(DeterministicRandom random)
    {
        var delay = random.Between(0, 3);
        var sync = random.Between(0, 3);
        return new()
        {
            InitialVoters = (int)random.Of(1, 1, 2, 3, 3, 3, 3, 4, 5),
            Spares = (int)random.Between(0, 3),
            Clients = (int)random.Between(1, 6),
            Readers = (int)random.Between(1, 4),
            Keys = (int)random.Of(1, 2, 5),
            DurationUs = random.Between(4_000_000, 15_000_000),
            DelayMinUs = random.Of(50, 300, 1000, 5000),
            DelayMaxUs = delay switch { 0 => 6_000, 1 => 10_000, 2 => 30_000, _ => 80_000 },
            LossPermille = random.Of(0, 0, 10, 50, 150),
            DuplicatePermille = random.Of(0, 10, 100),
            SyncMinUs = sync == 3 ? 20_000 : 50,
            SyncMaxUs = sync switch { 0 => 400, 1 => 5_000, _ => 50_000 },
            ClockDriftPermille = random.Of(0, 0, 20, 200),
            ThinkUs = random.Of(1_000, 20_000, 200_000),
            GateAllReplies = random.Chance(300),
            Crashes = random.Chance(700),
            Freezes = random.Chance(400),
            Partitions = random.Chance(600),
            Clogs = random.Chance(300),
            SlowDisks = random.Chance(300),
            FullDisks = random.Chance(200),
            ClockStalls = random.Chance(200),
            Wipes = random.Chance(400),
            VoterChanges = random.Chance(600),
            SnapshotFailures = random.Chance(300),
            FaultGapUs = random.Of(150_000, 600_000, 1_500_000),
            Alpha = random.Of(1, 2, 4, 8, 16, 64),
            History = (int)random.Of(1, 5, 20, 100),
            Requests = (int)random.Of(20, 1000),
            SnapshotSlots = random.Of(1, 5, 20, 100),
            PipelinedBatches = (int)random.Of(1, 3, 8),
            BatchCommands = (int)random.Of(1, 8, 4096),
            CandidateLagSlots = random.Of(2, 16, 1024),
            AutomaticVoters = (int)random.Of(0, 0, 1, 3, 3, 5),
            VoterSilenceMs = random.Of(1_600, 3_000, 6_000),
            VoterSteadyMs = random.Of(0, 300, 1_000),
            ForgetMs = random.Of(2_500, 10_000, 600_000),
            JournalUnit = (JournalUnit)random.Between(0, 2),
            FlippedBits = random.Chance(300),
            WholeStateRevisions = (int)random.Of(1, 3, 10),
            HistoryBytes = random.Of(long.MaxValue, 1, 300, 3_000),
            SnapshotBytes = random.Of(long.MaxValue, 1, 500, 5_000),
            LogSlots = (int)random.Of(0, int.MaxValue),
            LogMemoryBytes = random.Of(long.MaxValue, 0, 300, 3_000),
        };
    }

    public ReplicaOptions ForReplica(long alphaError) => new()
    {
        Alpha = Math.Max(Alpha + alphaError, 1),
        BatchCommands = BatchCommands,
        PipelinedBatches = PipelinedBatches,
        CandidateLagSlots = CandidateLagSlots,
        SnapshotSlots = SnapshotSlots,
        SnapshotRevisions = SnapshotSlots,
        SnapshotBytes = SnapshotBytes,
        LogMemoryBytes = LogMemoryBytes,
        State = State,
        Voters = new() { Count = AutomaticVoters, SilenceMs = VoterSilenceMs, SteadyMs = VoterSteadyMs, ForgetMs = ForgetMs },
    };
}
