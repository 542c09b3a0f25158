namespace Orleans.Doozer.KeyStore;

/// <summary>The limits of a <see cref="StateMachine"/>.</summary>
public sealed record StateMachineOptions
{
    /// <summary>The last so many revisions stay readable and watchable: 100,000. More costs memory, 200 bytes and the replaced value each
    /// (more where the files are many), and a longer start. May differ between nodes.</summary>
    public int History { get; init; } = 100_000;

    /// <summary>A revision that more than so many bytes of the log came after is kept no longer: 256 MiB. The newest state can be read
    /// all the same. It bounds what <see cref="History"/> takes of memory and disk when values are large or commands fail. May differ
    /// between nodes.</summary>
    public long HistoryBytes { get; init; } = 256L << 20;

    /// <summary>So many request ids are remembered with their answers: 100,000, about 120 bytes each. A new store takes this into
    /// its replicated state; a store that is restored keeps what its snapshot says, because all nodes must agree.</summary>
    public int Requests { get; init; } = 100_000;

    /// <summary>The whole state is kept after every so many revisions, and slots: the states between are made again when somebody asks
    /// for them, and the log is freed up to one of these. One in twenty of <see cref="History"/>. More often makes reads of old revisions
    /// faster and costs memory and collections: the changed paths of the tree.</summary>
    public int WholeStateRevisions
    {
        get => field > 0 ? field : Math.Max(1, History / 20);
        init;
    }

    /// <summary>For the log, also after so many bytes of it: one in twenty of <see cref="HistoryBytes"/>.</summary>
    public long WholeStateBytes => Math.Max(1, HistoryBytes / 20);

    /// <summary>At most about so many slots of the log are kept for the history, so that slots without changes do not make the log grow
    /// without end: four times <see cref="History"/>.</summary>
    public int LogSlots
    {
        get => field > 0 ? field : (int)Math.Min(4L * History, int.MaxValue);
        init;
    }
}
