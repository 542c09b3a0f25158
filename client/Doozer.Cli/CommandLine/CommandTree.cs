using System.CommandLine;
using System.CommandLine.Parsing;
using Doozer.Cli.Verbs;

namespace Doozer.Cli.CommandLine;

/// <summary>Builds the command line out of the verbs, and turns its mistakes into one line each.</summary>
internal sealed class CommandTree
{
    private readonly Options options = new();
    private readonly Argument<string[]> arguments = new("arguments") { Arity = ArgumentArity.ZeroOrMore };
    private readonly Command root = new("doozer");
    private readonly CliConsole console;

    internal CommandTree(CliConsole console)
    {
        this.console = console;
        foreach (Option option in options.All)
        {
            root.Options.Add(option);
        }

        foreach (Verb verb in Verb.All)
        {
            var command = new Command(verb.Name);
            command.Arguments.Add(arguments);
            foreach (Option option in verb.OptionsOf(options))
            {
                command.Options.Add(option);
            }

            command.SetAction((parsed, cancellationToken) => RunAsync(verb, parsed, cancellationToken));
            root.Subcommands.Add(command);
        }
    }

    internal async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        // An argument is passed on as it is: "@name" is no response file, and "-12" a number rather than two flags.
        var parser = new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
        ParseResult parsed = CommandLineParser.Parse(root, args, parser);
        RejectUnmatched(parsed);
        Verb? verb = Verb.All.FirstOrDefault(verb => verb.Name == parsed.CommandResult.Command.Name);
        if (parsed.GetResult(options.Help) is { Implicit: false })
        {
            return await PrintAsync(HelpText.For(verb), cancellationToken);
        }

        if (parsed.GetResult(options.Version) is { Implicit: false })
        {
            return await PrintAsync($"doozer {HelpText.Version}\n", cancellationToken);
        }

        Reject(parsed, verb);

        // Signals are Program's business; the library's own handling would end a write without a word about its outcome.
        var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await parsed.InvokeAsync(invocation, cancellationToken);
    }

    // A verb takes every token after it, so these stand before it or in its place.
    private static void RejectUnmatched(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string first = parsed.UnmatchedTokens[0];
            throw new UsageException(IsOption(first) ? $"unknown option: {first}" : $"unknown command: {first}");
        }
    }

    private void Reject(ParseResult parsed, Verb? verb)
    {
        if (verb is null && !parsed.Errors.Any(IsOfOption))
        {
            throw new UsageException("missing command");
        }

        if (verb is null || parsed.Errors.Count > 0)
        {
            throw Misuse(parsed, verb);
        }

        string[] given = parsed.GetValue(arguments) ?? [];
        if (given.FirstOrDefault(IsOption) is { } option)
        {
            throw new UsageException($"{verb.Name}: unknown option: {option}", verb.Name);
        }

        if (given.Length < verb.ArgumentsMin || given.Length > verb.ArgumentsMax)
        {
            throw new UsageException($"{verb.Name}: wrong number of arguments, usage: doozer {verb.Usage}", verb.Name);
        }
    }

    private async Task<int> RunAsync(Verb verb, ParseResult parsed, CancellationToken cancellationToken)
    {
        OptionValues values = options.Read(parsed, console, verb.Name);
        var output = new OutputWriter(console.Output);
        var context = new VerbContext(parsed.GetValue(arguments) ?? [], values, console, output);
        try
        {
            return await verb.RunAsync(context, cancellationToken);
        }
        finally
        {
            // What was found before a failure is still the user's.
            await output.FlushAsync(CancellationToken.None);
        }
    }

    private async Task<int> PrintAsync(string text, CancellationToken cancellationToken)
    {
        var output = new OutputWriter(console.Output);
        output.Write(text);
        await output.FlushAsync(cancellationToken);
        return ExitCode.Success;
    }

    private static bool IsOfOption(ParseError error) => error.SymbolResult is OptionResult;

    private static UsageException Misuse(ParseResult parsed, Verb? verb)
    {
        ParseError error = parsed.Errors.FirstOrDefault(IsOfOption) ?? parsed.Errors[0];
        string message = error.SymbolResult is OptionResult option
            ? $"the option {option.Option.Name} needs a value"
            : error.Message;
        return new UsageException(message, verb?.Name);
    }

    // No path starts with a dash, and a revision that does is a number.
    private static bool IsOption(string argument) => argument.Length > 1 && argument[0] == '-' && !char.IsAsciiDigit(argument[1]);
}
