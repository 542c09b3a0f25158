namespace Doozer.Cli.Wire;

/// <summary>Verb numbers of the protocol; they travel as plain integers.</summary>
internal static class DoozerVerb
{
    internal const int Get = 1;
    internal const int Set = 2;
    internal const int Delete = 3;
    internal const int Revision = 5;
    internal const int Wait = 6;
    internal const int Nop = 7;
    internal const int Walk = 9;
    internal const int GetDirectory = 14;
    internal const int Stat = 16;
    internal const int Self = 20;
    internal const int Access = 99;

    /// <summary>Not Doozer's: how the node asked stands.</summary>
    internal const int Status = 1000;
}

/// <summary>Revisions with a meaning of their own.</summary>
internal static class DoozerRevision
{
    internal const long Missing = 0;
    internal const long Directory = -2;

    /// <summary>On the command line: the current revision, whichever that is.</summary>
    internal const long Current = -1;
}

/// <summary>What a change did, as the flags of a WAIT answer tell it.</summary>
internal static class DoozerFlag
{
    internal const int Set = 4;
    internal const int Delete = 8;
}
