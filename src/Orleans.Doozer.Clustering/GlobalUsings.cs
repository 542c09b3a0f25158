// Orleans has a namespace of the other name, which would win inside namespace Orleans.Doozer.Clustering.
global using VoterSet = Orleans.Doozer.Consensus.Configuration;
