using System.Collections.Concurrent;
using Orleans.Doozer.Consensus;

namespace Orleans.Doozer.Clustering;

/// <content>
/// Where nodes are that moved. The acceptors' addresses in the register can be corrected only by a majority, which nodes that all moved
/// at once could not form: so nodes also go by where others greet them from. An address is a hint; a vote names its node, and counts
/// for no other.
/// </content>
public sealed partial class RegisterNode
{
    private const int AddressLimit = 256;
    private readonly ConcurrentDictionary<NodeId, string> _moved = new();

    private void NoteAddress(NodeId node, string address)
    {
        if (!node.IsNone && node != Self && RegisterAddress.TryParse(address, out _, out _)
            && (_moved.Count < AddressLimit || _moved.ContainsKey(node)))
        {
            _moved[node] = address;
        }
    }

    private string WhereIs(RegisterPeer peer) => _moved.GetValueOrDefault(peer.Node, peer.Address);

    // Back to what the register says.
    private void ForgetAddress(NodeId node, string address) => _moved.TryRemove(KeyValuePair.Create(node, address));
}
