using System.Globalization;
using System.Text;
using Orleans.Doozer.Consensus;
using Orleans.Doozer.Grains;
using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Simulation;

/// <summary>Writes one thing after the other: sets, compare-and-sets, deletes and nops.</summary>
internal sealed class Client
{
    private readonly World _world;
    private readonly DeterministicRandom _random;
    private readonly Guid _id;
    private readonly SortedDictionary<string, long> _revisions = new(StringComparer.Ordinal);
    private long _sequence;

    public Client(World world, DeterministicRandom random)
    {
        (_world, _random, _id) = (world, random, random.Guid());
        world.Queue.After(random.Between(0, 500_000), Next);
    }

    public bool Stopped { get; set; }

    public long Done { get; private set; }

    /// <summary>Whether a value was made by a client: each is written by one request.</summary>
    public static bool IsUnique(string value) => value.Length > 33 && value[32] == '-';

    private void Next()
    {
        if (Stopped)
        {
            return;
        }

        var path = $"/k/{_random.Between(1, _world.Options.Keys)}";
        var value = string.Create(CultureInfo.InvariantCulture, $"{_id:N}-{++_sequence}");
        var expected = _random.Chance(600) ? new Revision(_revisions.GetValueOrDefault(path)) : Revision.Clobber;
        var kind = _random.Between(0, 9) switch { 0 => WriteKind.Nop, 1 => WriteKind.Delete, _ => WriteKind.Set };
        var command = new Command(new RequestId(_id, _sequence, 0), kind, path, Encoding.UTF8.GetBytes(value), expected);
        _ = new Call(_world, _random, command, 8_000_000, outcome =>
        {
            if (outcome is { } known)
            {
                Done++;

                // After a refusal the store's revision is at least the file's.
                _revisions[path] = known.Revision.Value;
            }

            _world.Queue.After(_random.Between(0, _world.Options.ThinkUs), Next);
        });
    }
}
