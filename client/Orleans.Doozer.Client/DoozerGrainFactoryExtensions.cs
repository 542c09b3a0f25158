namespace Orleans.Doozer;

/// <summary>Stores by a grain factory.</summary>
public static class DoozerGrainFactoryExtensions
{
    /// <summary>A client of a store over this grain factory. Keep it rather than making one for each call.</summary>
    public static IDoozer GetDoozer(this IGrainFactory grains, string store = "default") =>
        new DoozerClient(grains, new DoozerClientOptions { Store = store });
}
