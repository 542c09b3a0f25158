using Google.Protobuf;
using Orleans.Doozer.Gateway.Verbs;
using Orleans.Doozer.Protocol;

namespace Orleans.Doozer.Gateway.Tests.Support;

/// <summary>Requests and responses in one line. What is not given is absent from the message.</summary>
internal static class Messages
{
    public static Request Ask(
        int? verb, string? path = null, long? rev = null, int? offset = null, string? value = null, int? tag = 1)
    {
        var request = new Request();
        Apply(verb, given => request.Verb = given);
        Apply(rev, given => request.Rev = given);
        Apply(offset, given => request.Offset = given);
        Apply(tag, given => request.Tag = given);
        if (path is not null)
        {
            request.Path = path;
        }

        if (value is not null)
        {
            request.Value = ByteString.CopyFromUtf8(value);
        }

        return request;
    }

    public static Request Get(string path, long? rev = null, int tag = 1) => Ask(VerbTable.Get, path, rev, tag: tag);

    public static Request Set(string path, string value, long rev = -1, int tag = 1) =>
        Ask(VerbTable.Set, path, rev, value: value, tag: tag);

    public static Request Wait(string glob, long rev, int tag = 1) => Ask(VerbTable.Wait, glob, rev, tag: tag);

    public static Request Access(string? secret, int tag = 1) => Ask(VerbTable.Access, value: secret, tag: tag);

    public static Response Answer(
        long? rev = null, string? path = null, string? value = null, int? len = null, int? flags = null, int? tag = 1)
    {
        var response = new Response();
        Apply(tag, given => response.Tag = given);
        Apply(rev, given => response.Rev = given);
        Apply(len, given => response.Len = given);
        Apply(flags, given => response.Flags = given);
        if (path is not null)
        {
            response.Path = path;
        }

        if (value is not null)
        {
            response.Value = ByteString.CopyFromUtf8(value);
        }

        return response;
    }

    public static Response Error(DoozerErrorCode code, string? detail = null, int? tag = 1)
    {
        var response = Answer(tag: tag);
        response.ErrCode = (int)code;
        if (detail is not null)
        {
            response.ErrDetail = detail;
        }

        return response;
    }

    public static Response Denied(int? tag = 1) => Error(DoozerErrorCode.Other, "permission denied", tag);

    /// <summary>Equal to the byte: which fields are there counts, not only what they hold.</summary>
    public static void Same(Response expected, Response? actual) =>
        Assert.Equal(
            $"{expected} {Convert.ToHexString(expected.ToByteArray())}",
            $"{actual} {Convert.ToHexString(actual?.ToByteArray() ?? [])}");

    private static void Apply<T>(T? value, Action<T> set)
        where T : struct
    {
        if (value is { } given)
        {
            set(given);
        }
    }
}
