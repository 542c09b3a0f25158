using System.Diagnostics.CodeAnalysis;

[assembly: SuppressMessage(
    "ApiDesign",
    "RS0030:Do not use banned APIs",
    Scope = "namespaceanddescendants",
    Target = "~N:Orleans.Doozer.KeyStore.Protocol",
    Justification = "protoc gives each message a GetHashCode; nothing here calls them.")]
