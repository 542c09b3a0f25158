using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Orleans.Doozer.Viewer.Api;

/// <summary>Answers what went wrong as JSON, in one sentence; never with a stack trace.</summary>
internal sealed partial class ErrorWriter(RequestDelegate next, ILogger<ErrorWriter> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, Describe(exception));
        }
    }

    public static async Task WriteAsync(HttpContext context, ViewerException problem, FileInfoReply? current = null, bool? directory = null)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        if (problem.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        var error = new ErrorInfo(problem.Code, problem.Message, problem.Oldest, problem.Revision);
        await response.WriteAsJsonAsync(new(error, current, directory), ViewerJson.Shapes.ErrorReply, cancellationToken: context.RequestAborted);
    }

    private ViewerException Describe(Exception exception)
    {
        switch (exception)
        {
            case ViewerException refusal:
                return refusal;
            case DoozerException refusal:
                return ViewerException.From(refusal.Code, refusal.Message);
            case BadHttpRequestException bad:
                return new(bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "limit" : "badRequest", bad.Message);
            case OperationCanceledException:
                return ViewerException.Unavailable("the store did not answer in time");
            default:
                LogFailed(exception);
                return new(StatusCodes.Status500InternalServerError, "failed", "the web view failed; the node's log says why");
        }
    }

    [LoggerMessage(1, LogLevel.Error, "A request of the web view failed.")]
    private partial void LogFailed(Exception exception);
}
