using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.KeyStore;

/// <summary>A CAL slot: a file below <c>/ctl/cal</c>.</summary>
/// <param name="Path">The file.</param>
/// <param name="Revision">Its revision, to expect when it is changed.</param>
/// <param name="Voter">Who holds it; none when it is empty or holds something else.</param>
/// <param name="IsEmpty">Whether it is free. Content that is no node id is neither free nor a voter: it is left alone.</param>
public readonly record struct VoterSlot(string Path, Revision Revision, NodeId Voter, bool IsEmpty);
