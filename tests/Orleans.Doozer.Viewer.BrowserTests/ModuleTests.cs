namespace Orleans.Doozer.Viewer.BrowserTests;

/// <summary>The page's modules that draw nothing, run in the browser that will run them.</summary>
[Collection(OneBrowser.Name)]
public sealed class ModuleTests(Browser browser, SharedNode node) : IClassFixture<SharedNode>
{
    /// <summary>Random numbers that a seed repeats.</summary>
    private const string Random =
        """
        const generator = seed => limit => { seed = (seed * 1103515245 + 12345) % 2147483648; return Math.floor(seed / 2147483648 * limit); };
        """;

    [SkippableFact]
    public Task Ranges_RandomChangesOfAPartlyKnownDirectory_NeverShowAWrongRow() => RunAsync(
        Random +
        """
        const { Ranges } = await import('/js/model/ranges.js');
        let exact = 0;
        for (let seed = 1; seed <= 1500; seed++) {
            const below = generator(seed);
            let names = [...new Set(Array.from({ length: below(60) }, () => 'n' + below(200)))].sort();
            const ranges = new Ranges(names.length);
            for (let step = 0; step < 30; step++) {
                if (below(3) === 0) {
                    const start = below(names.length);
                    ranges.put(start, names.slice(start, start + below(10)).map(name => ({ name, kind: 'file' })));
                } else {
                    const changes = new Map();
                    for (let k = below(4); k >= 0; k--) {
                        const name = 'n' + below(200);
                        const stays = below(2) === 0;
                        names = names.filter(other => other !== name).concat(stays ? [name] : []);
                        changes.set(name, stays ? 'file' : 'missing');
                    }
                    names.sort();
                    if (!ranges.apply([...changes].map(([name, kind]) => ({ name, kind })), names.length)) { break; }
                    exact++;
                }
                for (let i = 0; i <= names.length; i++) {
                    const entry = ranges.get(i);
                    if (entry && entry.name !== names[i]) { return `seed ${seed}, step ${step}: row ${i} shows ${entry.name} and not ${names[i]}`; }
                    if (entry && ranges.indexOf(entry.name) !== i) { return `seed ${seed}: ${entry.name} is not found where it is`; }
                }
                if (ranges.count !== names.length) { return `seed ${seed}: counts ${ranges.count} of ${names.length}`; }
            }
        }
        return exact > 5000 ? '' : `only ${exact} changes were followed`;
        """);

    [SkippableFact]
    public Task Diff_RandomTexts_GivesBothBack() => RunAsync(
        Random +
        """
        const { diffLines } = await import('/js/lib/diff.js');
        for (let seed = 1; seed <= 5000; seed++) {
            const below = generator(seed);
            const text = () => Array.from({ length: below(12) }, () => 'abcd'[below(4)]).join('\n') + (below(2) ? '\n' : '');
            const [before, after] = [text(), text()];
            const side = kind => diffLines(before, after).filter(line => line.kind !== kind).map(line => line.text).join('\n');
            const end = before.endsWith('\n') && after.endsWith('\n') ? '\n' : '';
            if (side('added') + end !== before || side('removed') + end !== after) { return `seed ${seed}: ${JSON.stringify([before, after])}`; }
        }
        const numbers = Array.from({ length: 300 }, (_, i) => `line ${i}`);
        const changed = numbers.with(150, 'changed');
        const kinds = diffLines(numbers.join('\n'), changed.join('\n')).map(line => line.kind);
        return kinds.filter(kind => kind !== 'same').join() === 'removed,added' ? '' : 'one changed line is more than one removed and one added';
        """);

    [SkippableFact]
    public Task Json_RandomValues_AreIndentedAsTheBrowserWould() => RunAsync(
        Random +
        """
        const { prettyJson, jsonParts } = await import('/js/lib/json.js');
        for (let seed = 1; seed <= 3000; seed++) {
            const below = generator(seed);
            const make = depth => depth > 3 ? below(100) : [() => below(10), () => Array.from({ length: below(4) }, () => make(depth + 1)),
                () => Object.fromEntries(Array.from({ length: below(4) }, (_, i) => [`k"\\${i}`, make(depth + 1)])), () => '{"[,:\n ]}\u2028'][below(4)]();
            const value = { x: make(0) };
            const pretty = prettyJson(JSON.stringify(value));
            if (pretty !== JSON.stringify(value, null, 2)) { return `seed ${seed}: ${pretty}`; }
            if (pretty.split('\n').some(line => jsonParts(line).map(part => part.text).join('') !== line)) { return `seed ${seed}: a part is lost`; }
        }
        return prettyJson('{"a":') === null && prettyJson('7') === null ? '' : 'what is no JSON object is called one';
        """);

    [SkippableFact]
    public Task Merge_ClocksThatDisagree_NothingArrivesBeforeItWasSent() => RunAsync(
        """
        const { Merge } = await import('/js/model/paxos/merge.js');
        const merge = new Merge();
        const ballot = '1.A';
        const frame = (a, b) => ({ at: 0, nodes: [{ node: 'A', reachable: true, events: a }, { node: 'B', reachable: true, events: b }] });
        // The clock of B is ten seconds behind.
        const story = merge.take(frame(
            [{ n: 1, at: 10000, kind: 'accept', way: 'out', peer: 'B', ballot, slot: 1 }, { n: 2, at: 10004, kind: 'accepted', way: 'in', peer: 'B', ballot, slot: 1 }],
            [{ n: 1, at: 2, kind: 'accept', way: 'in', peer: 'A', ballot, slot: 1 }, { n: 2, at: 3, kind: 'accepted', way: 'out', peer: 'A', ballot, slot: 1 }]));
        const order = story.map(({ node, kind, way }) => `${node} ${kind} ${way}`).join();
        if (order !== 'A accept out,B accept in,B accepted out,A accepted in') { return order; }
        // The sending is told a frame later than the arrival: the story waits for it, but not for ever.
        const early = merge.take(frame([], [{ n: 3, at: 5, kind: 'accept', way: 'in', peer: 'A', ballot, slot: 2 }]));
        const late = merge.take(frame([{ n: 3, at: 10005, kind: 'accept', way: 'out', peer: 'B', ballot, slot: 2 }], []));
        if (early.length !== 0 || late.map(({ way }) => way).join() !== 'out,in') { return 'the story did not wait'; }
        const lost = [merge.take(frame([], [{ n: 4, at: 6, kind: 'accept', way: 'in', peer: 'A', ballot, slot: 3 }])), merge.take(frame([], [])), merge.take(frame([], []))];
        return lost.map(part => part.length).join() === '0,0,1' ? '' : `a sending that nobody tells holds the story: ${lost.map(part => part.length)}`;
        """);

    [SkippableFact]
    public Task Merge_TwoMessagesSentTwice_DoNotHoldEachOtherForEver() => RunAsync(
        """
        const { Merge } = await import('/js/model/paxos/merge.js');
        const merge = new Merge();
        const event = (n, way, peer, slot) => ({ n, at: n, kind: 'accept', way, peer, ballot: '1.A', slot });
        const frame = (a, b) => ({ at: 0, nodes: [{ node: 'A', reachable: true, events: a }, { node: 'B', reachable: true, events: b }] });
        // Of each message the first sending is not told; its arrival is, and then that it was sent again.
        let story = merge.take(frame([event(1, 'in', 'B', 1), event(2, 'out', 'B', 2)], [event(1, 'in', 'A', 2), event(2, 'out', 'A', 1)]));
        for (let i = 0; i < 10; i++) { story = story.concat(merge.take(frame([], []))); }
        return story.length === 4 ? '' : `${story.length} of 4 are told`;
        """);

    [SkippableFact]
    public Task Links_AnyPath_IsFoundAgain() => RunAsync(
        """
        const { link, parseLink, compareWalk } = await import('/js/lib/paths.js');
        for (const path of ['/', '/a/b', '/a/../b', '/.', '/%2e/%', '/a+b=c,d~e@f:g_h-i', '/__proto__']) {
            const found = parseLink(new URL(link('tree', path, { revision: 7 }), location.href)).path;
            if (found !== path) { return `${path} comes back as ${found}`; }
        }
        return ['/a-b', '/a/c', '/a'].sort(compareWalk).join() === '/a,/a/c,/a-b' ? '' : 'files are not in walking order';
        """);

    /// <summary>Runs the body of a function in the page; it answers what is wrong.</summary>
    private async Task RunAsync(string body)
    {
        await using var site = await node.VisitAsync(browser);
        var page = await site.OpenLiveAsync("/cluster");
        Assert.Equal("", await page.EvaluateAsync<string>($"async () => {{ {body} }}"));
        Assert.Empty(site.Faults);
    }
}
