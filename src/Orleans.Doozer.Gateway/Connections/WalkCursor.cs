using Orleans.Doozer.KeyStore;

namespace Orleans.Doozer.Gateway.Connections;

/// <summary>
/// Where a connection's last WALK stands. Doozer's clients list by asking for offset 0, 1, 2, ... at one revision; each answer goes on
/// from the one before, so that n files cost n steps and not n * n / 2.
/// </summary>
/// <remarks>Not safe for concurrent use; the connection lets one walk at a time use it. It keeps the last files that it passed, so that
/// pipelined requests may come in another order. One old state of the store is held for as long as the listing may go on.</remarks>
internal sealed class WalkCursor
{
    /// <summary>How many passed files are kept.</summary>
    internal const int Window = 1024;

    private readonly Queue<DoozerEntry> _passed = new();
    private IEnumerator<DoozerEntry>? _files;
    private string _pattern = "";
    private Revision _revision;
    private int _first;     // the offset of the oldest file in _passed

    /// <summary>How many files all walks together have looked up.</summary>
    public long Steps { get; private set; }

    /// <summary>The n-th file of a view that matches; null when there are not so many.</summary>
    public DoozerEntry? Find(StoreView view, Glob glob, int offset, CancellationToken cancellationToken)
    {
        if (_files is null || _revision != view.Revision || _pattern != glob.Pattern || offset < _first)
        {
            Begin(view, glob);
        }

        while (_first + _passed.Count <= offset)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Steps++;
            if (!_files!.MoveNext())
            {
                // The client has seen the end, or asked beyond it: it will not go on.
                Forget();
                return null;
            }

            if (_passed.Count == Window)
            {
                _passed.Dequeue();
                _first++;
            }

            _passed.Enqueue(_files.Current);
        }

        return offset == _first + _passed.Count - 1 ? _files!.Current : _passed.ElementAt(offset - _first);
    }

    private void Begin(StoreView view, Glob glob)
    {
        Forget();
        _files = view.Walk(glob).GetEnumerator();
        _pattern = glob.Pattern;
        _revision = view.Revision;
    }

    private void Forget()
    {
        _files?.Dispose();
        _files = null;
        _passed.Clear();
        _first = 0;
    }
}
