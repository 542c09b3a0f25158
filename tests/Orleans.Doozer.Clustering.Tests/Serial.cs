// Real sockets and real silos on two cores: side by side they would only measure each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
