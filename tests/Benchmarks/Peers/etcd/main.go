// Load for etcd: the same workloads, values and JSON as the program beside it has for Doozer.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"go.etcd.io/etcd/clientv3"
)

type settings struct {
	endpoints                   []string
	clients, conns, keys, value int
	watchers, puts              int
	duration, warmUp            time.Duration
}

func main() {
	op := flag.String("op", "put", "put, get, sget, fill, watch, idle, gap or leader")
	endpoints := flag.String("endpoints", "127.0.0.1:2379", "comma-separated")
	s := settings{}
	flag.IntVar(&s.clients, "clients", 1, "requests under way")
	flag.IntVar(&s.conns, "conns", 1, "connections")
	flag.IntVar(&s.keys, "keys", 1, "size of the key space")
	flag.IntVar(&s.value, "val-size", 128, "bytes of a value")
	flag.IntVar(&s.watchers, "watchers", 10000, "for watch and idle")
	flag.IntVar(&s.puts, "puts", 10, "for watch")
	flag.DurationVar(&s.duration, "duration", 5*time.Second, "")
	flag.DurationVar(&s.warmUp, "warm-up", 3*time.Second, "")
	flag.Parse()
	s.endpoints = strings.Split(*endpoints, ",")

	connections := connect(s)
	switch *op {
	case "put", "get", "sget":
		load(*op, s, connections)
	case "fill":
		fill(s, connections)
	case "watch":
		watch(s, connections)
	case "idle":
		idle(s, connections)
	case "gap":
		gap(s, connections)
	case "leader":
		fmt.Println(leader(s, connections[0]))
	default:
		fail(fmt.Errorf("-op %s is not known", *op))
	}
}

// One connection to one endpoint each, in turn.
func connect(s settings) []*clientv3.Client {
	connections := make([]*clientv3.Client, s.conns)
	for i := range connections {
		connection, err := clientv3.New(clientv3.Config{
			Endpoints: []string{s.endpoints[i%len(s.endpoints)]}, DialTimeout: 5 * time.Second})
		if err != nil {
			fail(err)
		}
		connections[i] = connection
	}
	return connections
}

func leader(s settings, connection *clientv3.Client) int {
	for i, endpoint := range s.endpoints {
		status, err := connection.Status(context.Background(), endpoint)
		if err == nil && status.Leader == status.Header.MemberId {
			return i
		}
	}
	return -1
}

func key(number int) string { return fmt.Sprintf("/bench/%08d", number) }

func print(result interface{}) {
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "load-etcd:", err)
	os.Exit(1)
}
