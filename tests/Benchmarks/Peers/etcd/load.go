package main

import (
	"context"
	"math/rand"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/etcd/clientv3"
)

// Puts and gets: each client sends one request after the other.
func load(op string, s settings, connections []*clientv3.Client) {
	value := strings.Repeat("x", s.value)
	if op != "put" {
		fill(s, connections)
	}

	one := func(client int, random *rand.Rand) error {
		connection, path := connections[client%len(connections)], key(random.Intn(s.keys))
		var err error
		switch op {
		case "put":
			_, err = connection.Put(context.Background(), path, value)
		case "get":
			_, err = connection.Get(context.Background(), path)
		case "sget":
			_, err = connection.Get(context.Background(), path, clientv3.WithSerializable())
		}
		return err
	}
	phase(s, s.warmUp, one)
	print(phase(s, s.duration, one).result(op, s))
}

type measured struct {
	latencies []time.Duration
	errors    int64
	elapsed   time.Duration
	load      usage
}

func phase(s settings, duration time.Duration, one func(int, *rand.Rand) error) measured {
	var wait sync.WaitGroup
	var errors int64
	latencies := make([][]time.Duration, s.clients)
	start := time.Now()
	cpuBefore, _ := cpuSeconds()
	for i := 0; i < s.clients; i++ {
		wait.Add(1)
		go func(i int) {
			defer wait.Done()
			random := rand.New(rand.NewSource(int64(i) + start.UnixNano()))
			for time.Since(start) < duration {
				began := time.Now()
				if err := one(i, random); err != nil {
					atomic.AddInt64(&errors, 1)
					time.Sleep(10 * time.Millisecond)
					continue
				}
				latencies[i] = append(latencies[i], time.Since(began))
			}
		}(i)
	}
	wait.Wait()
	elapsed := time.Since(start)
	all := measured{errors: errors, elapsed: elapsed, load: usageSince(cpuBefore, elapsed)}
	for _, some := range latencies {
		all.latencies = append(all.latencies, some...)
	}
	return all
}

// Writes every key once, in transactions of as many as etcd takes.
func fill(s settings, connections []*clientv3.Client) {
	const perTransaction, side = 100, 64
	value := strings.Repeat("x", s.value)
	var next int64
	var wait sync.WaitGroup
	for i := 0; i < side; i++ {
		wait.Add(1)
		go func(connection *clientv3.Client) {
			defer wait.Done()
			for {
				first := int(atomic.AddInt64(&next, perTransaction)) - perTransaction
				if first >= s.keys {
					return
				}
				var puts []clientv3.Op
				for number := first; number < first+perTransaction && number < s.keys; number++ {
					puts = append(puts, clientv3.OpPut(key(number), value))
				}
				if _, err := connection.Txn(context.Background()).Then(puts...).Commit(); err != nil {
					fail(err)
				}
			}
		}(connections[i%len(connections)])
	}
	wait.Wait()
}
