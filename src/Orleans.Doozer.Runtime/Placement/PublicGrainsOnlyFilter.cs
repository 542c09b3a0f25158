using Microsoft.Extensions.Options;
using Orleans.Doozer.Grains;
using Orleans.Doozer.Runtime.Grains;

namespace Orleans.Doozer.Runtime.Placement;

/// <summary>
/// A gateway lets any client call any grain. This filter refuses external clients at the store's inner grains: a forged vote would
/// break the store for everybody. Other grains of the application are left alone, unless the silo is there for the store only.
/// </summary>
internal sealed class PublicGrainsOnlyFilter(IOptions<DoozerOptions> options) : IIncomingGrainCallFilter
{
    private readonly bool _storeOnly = options.Value.RefuseOtherGrains;

    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (IsExternal(context.SourceId) && !context.TargetId.IsSystemTarget() && !IsPublic(context))
        {
            throw new DoozerException(
                DoozerErrorCode.AccessDenied,
                $"{context.InterfaceMethod.DeclaringType?.Name} is not for clients; call {nameof(IStoreGrain)} or {nameof(IDirectoryGrain)}");
        }

        return context.Invoke();
    }

    /// <summary>A silo's own code outside of grains, such as a store's loop, calls as the client that the silo hosts. Without a source
    /// the call comes from this very process. A hostile program could forge that name, as it could forge anything on Orleans' ports: the
    /// filter guards against mistakes, the network against enemies.</summary>
    private static bool IsExternal(GrainId? source) =>
        source is { } caller && caller.IsClient() && !caller.Key.AsSpan().StartsWith("hosted-"u8);

    private bool IsPublic(IIncomingGrainCallContext context)
    {
        var contract = context.InterfaceMethod.DeclaringType;
        return contract == typeof(IStoreGrain) || contract == typeof(IDirectoryGrain)
            || (!_storeOnly && context.TargetContext?.GrainInstance is not NodeGrain);
    }
}
