package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/etcd/clientv3"
)

// One file, many watchers: how long from sending a write until each, and until the last of them, has it.
func watch(s settings, connections []*clientv3.Client) {
	path, value := key(0), strings.Repeat("x", s.value)
	var seen, began int64
	all := make(chan time.Time, 1)
	var lock sync.Mutex
	var each []time.Duration
	open(s, connections, func(int) string { return path }, func() {
		now := time.Now()
		lock.Lock()
		each = append(each, now.Sub(time.Unix(0, atomic.LoadInt64(&began))))
		lock.Unlock()
		if atomic.AddInt64(&seen, 1) == int64(s.watchers) {
			all <- now
		}
	})

	var last []time.Duration
	start := time.Now()
	cpuBefore, _ := cpuSeconds()
	for i := 0; i < s.puts+1; i++ {
		if i == 1 {
			// The first warmed up.
			lock.Lock()
			each = nil
			lock.Unlock()
		}
		atomic.StoreInt64(&seen, 0)
		now := time.Now()
		atomic.StoreInt64(&began, now.UnixNano())
		if _, err := connections[0].Put(context.Background(), path, value); err != nil {
			fail(err)
		}
		end := <-all
		if i > 0 {
			last = append(last, end.Sub(now))
		}
		time.Sleep(200 * time.Millisecond)
	}
	elapsed := time.Since(start)
	load := usageSince(cpuBefore, elapsed)
	untilLast := percentiles(last)
	print(result{
		Workload: "watch-latency", Protocol: "grpc", Clients: 1, Connections: s.conns, Seconds: elapsed.Seconds(),
		Operations: len(each), Latency: percentiles(each), LastWatcher: &untilLast, Errors: map[string]int64{}, Load: load})
}

// Holds watchers that have nothing to see until standard input ends.
func idle(s settings, connections []*clientv3.Client) {
	open(s, connections, func(i int) string { return fmt.Sprintf("/idle/%06d/%06d", i/100, i%100) }, func() {})
	fmt.Println("ready")
	bufio.NewReader(os.Stdin).ReadString('\n')
}

// Opens the watchers, many on one stream, and returns when the server has them all.
func open(s settings, connections []*clientv3.Client, path func(int) string, told func()) {
	var wait sync.WaitGroup
	for i := 0; i < s.watchers; i++ {
		wait.Add(1)
		go func(i int) {
			events := connections[i%len(connections)].Watch(context.Background(), path(i), clientv3.WithCreatedNotify())
			first, ok := <-events
			if !ok || !first.Created {
				fail(fmt.Errorf("watcher %d was not created", i))
			}
			wait.Done()
			for range events {
				told()
			}
		}(i)
	}
	wait.Wait()
}
