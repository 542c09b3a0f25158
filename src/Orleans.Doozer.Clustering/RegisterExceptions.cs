namespace Orleans.Doozer.Clustering;

/// <summary>No majority of the register's acceptors answered in time. The change may have happened or may still; ask again.</summary>
public sealed class RegisterUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The node is set up in a way that cannot work; the message is a sentence for the operator.</summary>
public sealed class RegisterConfigurationException(string message) : Exception(message);
