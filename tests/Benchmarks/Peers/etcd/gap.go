package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"go.etcd.io/etcd/clientv3"
)

// Writers whose attempts are given up after a while and made anew, out of step with each other, so that the time at which writes
// are taken again is seen to a few milliseconds. Commands on standard input: "reset" forgets the longest gap, "gap" prints it in
// milliseconds, measured until now; the end of input ends the program.
func gap(s settings, connections []*clientv3.Client) {
	const attempt = 100 * time.Millisecond
	var lock sync.Mutex
	var longest time.Duration
	var acknowledged int64
	last := time.Now()
	for i := 0; i < s.clients; i++ {
		go func(i int, connection *clientv3.Client) {
			time.Sleep(time.Duration(i) * attempt / time.Duration(s.clients))
			for {
				patience, cancel := context.WithTimeout(context.Background(), attempt)
				_, err := connection.Put(patience, key(i), "x")
				cancel()
				if err != nil {
					// Refused at once or timed out; in step with nobody.
					time.Sleep(5 * time.Millisecond)
					continue
				}
				lock.Lock()
				now := time.Now()
				if now.Sub(last) > longest {
					longest = now.Sub(last)
				}
				last = now
				acknowledged++
				lock.Unlock()
			}
		}(i, connections[i%len(connections)])
	}

	fmt.Println("ready")
	commands := bufio.NewScanner(os.Stdin)
	for commands.Scan() {
		lock.Lock()
		switch commands.Text() {
		case "reset":
			longest, acknowledged, last = 0, 0, time.Now()
		case "gap":
			fmt.Printf("%.1f %d\n", float64(longest.Microseconds())/1000, acknowledged)
		}
		lock.Unlock()
	}
}
