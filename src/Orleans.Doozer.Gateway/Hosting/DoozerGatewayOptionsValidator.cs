using Microsoft.Extensions.Options;
using Orleans.Doozer.Gateway;

namespace Orleans.Hosting;

/// <summary>Says at start what is wrong with the options, in words that name the option.</summary>
internal sealed class DoozerGatewayOptionsValidator : IValidateOptions<DoozerGatewayOptions>
{
    private const int SmallestFrame = 1024;

    public ValidateOptionsResult Validate(string? name, DoozerGatewayOptions options)
    {
        var problems = new List<string>();
        if (string.IsNullOrEmpty(options.Store))
        {
            problems.Add("DoozerGatewayOptions.Store is empty; name the store that clients see, usually 'default'");
        }

        RequireAtLeast(problems, nameof(options.MaxFailedAccess), options.MaxFailedAccess, 1);
        RequireAtLeast(problems, nameof(options.MaxValueBytes), options.MaxValueBytes, 0);
        RequireAtLeast(problems, nameof(options.MaxFrameBytes), options.MaxFrameBytes, SmallestFrame);
        RequireAtLeast(problems, nameof(options.MaxOutstanding), options.MaxOutstanding, 1);
        RequireAtLeast(problems, nameof(options.MaxWaiting), options.MaxWaiting, 0);
        RequireAtLeast(problems, nameof(options.MaxUnsentBytes), options.MaxUnsentBytes, 1);
        if (options.MaxValueBytes >= options.MaxFrameBytes)
        {
            problems.Add("DoozerGatewayOptions.MaxFrameBytes must exceed MaxValueBytes: a frame holds a value and its path");
        }

        RequirePositive(problems, nameof(options.SendTimeout), options.SendTimeout);
        RequirePositive(problems, nameof(options.DrainTimeout), options.DrainTimeout);
        RequirePositive(problems, nameof(options.MaxWait), options.MaxWait);
        RequirePositive(problems, nameof(options.KeepAlive), options.KeepAlive);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void RequireAtLeast(List<string> problems, string option, long value, long least)
    {
        if (value < least)
        {
            problems.Add($"DoozerGatewayOptions.{option} is {value}; it must be at least {least}");
        }
    }

    private static void RequirePositive(List<string> problems, string option, TimeSpan value)
    {
        if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
        {
            problems.Add($"DoozerGatewayOptions.{option} is {value}; it must be more than nothing and at most a day");
        }
    }
}
