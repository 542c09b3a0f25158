// Load for ZooKeeper: writes and its local reads, with the JSON of the program beside it.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/ioutil"
	"log"
	"math/rand"
	"os"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/samuel/go-zookeeper/zk"
)

func main() {
	log.SetOutput(ioutil.Discard)
	op := flag.String("op", "put", "put or get")
	endpoints := flag.String("endpoints", "127.0.0.1:2181", "comma-separated")
	clients := flag.Int("clients", 1, "requests under way")
	conns := flag.Int("conns", 1, "connections")
	keys := flag.Int("keys", 1, "size of the key space")
	size := flag.Int("val-size", 128, "bytes of a value")
	duration := flag.Duration("duration", 5*time.Second, "")
	warmUp := flag.Duration("warm-up", 3*time.Second, "")
	flag.Parse()

	connections := connect(strings.Split(*endpoints, ","), *conns)
	value := []byte(strings.Repeat("x", *size))
	fill(connections, *keys, value)
	one := func(client int, random *rand.Rand) error {
		connection, path := connections[client%len(connections)], key(random.Intn(*keys))
		if *op == "put" {
			_, err := connection.Set(path, value, -1)
			return err
		}
		_, _, err := connection.Get(path)
		return err
	}
	phase(*clients, *warmUp, one)
	print(*op, *clients, *conns, one, *duration)
}

func connect(endpoints []string, conns int) []*zk.Conn {
	connections := make([]*zk.Conn, conns)
	for i := range connections {
		connection, events, err := zk.Connect([]string{endpoints[i%len(endpoints)]}, 10*time.Second, zk.WithLogInfo(false))
		if err != nil {
			fail(err)
		}
		for event := range events {
			if event.State == zk.StateHasSession {
				break
			}
		}
		go func() {
			for range events {
			}
		}()
		connections[i] = connection
	}
	return connections
}

func fill(connections []*zk.Conn, keys int, value []byte) {
	connections[0].Create("/bench", nil, 0, zk.WorldACL(zk.PermAll))
	var next int64
	var wait sync.WaitGroup
	for i := 0; i < 64; i++ {
		wait.Add(1)
		go func(connection *zk.Conn) {
			defer wait.Done()
			for {
				number := int(atomic.AddInt64(&next, 1)) - 1
				if number >= keys {
					return
				}
				_, err := connection.Create(key(number), value, 0, zk.WorldACL(zk.PermAll))
				if err != nil && err != zk.ErrNodeExists {
					fail(err)
				}
			}
		}(connections[i%len(connections)])
	}
	wait.Wait()
}

func key(number int) string { return fmt.Sprintf("/bench/%08d", number) }

func phase(clients int, duration time.Duration, one func(int, *rand.Rand) error) ([]time.Duration, int64, time.Duration) {
	var wait sync.WaitGroup
	var errors int64
	latencies := make([][]time.Duration, clients)
	start := time.Now()
	for i := 0; i < clients; i++ {
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
	var all []time.Duration
	for _, some := range latencies {
		all = append(all, some...)
	}
	return all, errors, elapsed
}

func print(op string, clients, conns int, one func(int, *rand.Rand) error, duration time.Duration) {
	cpuBefore := cpuSeconds()
	all, errors, elapsed := phase(clients, duration, one)
	cores := (cpuSeconds() - cpuBefore) / elapsed.Seconds()
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	at := func(share float64) float64 {
		if len(all) == 0 {
			return 0
		}
		return float64(all[int(share*float64(len(all)-1))].Microseconds()) / 1000
	}
	kinds := map[string]int64{}
	if errors > 0 {
		kinds["error"] = errors
	}
	result := map[string]interface{}{
		"workload": op, "protocol": "zookeeper", "clients": clients, "connections": conns, "seconds": elapsed.Seconds(),
		"operations": len(all), "errors": kinds,
		"latency": map[string]float64{"p50": at(0.5), "p99": at(0.99), "p999": at(0.999), "max": at(1)},
		"load":    map[string]interface{}{"name": "load", "processId": os.Getpid(), "cores": cores},
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		fail(err)
	}
}

func cpuSeconds() float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		fail(err)
	}
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(used.Utime) + seconds(used.Stime)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "load-zookeeper:", err)
	os.Exit(1)
}
