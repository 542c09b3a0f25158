package main

import (
	"os"
	"sort"
	"syscall"
	"time"
)

type latency struct {
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
	Max  float64 `json:"max"`
}

// The same names as LoadResult.cs has.
type result struct {
	Workload    string           `json:"workload"`
	Protocol    string           `json:"protocol"`
	Clients     int              `json:"clients"`
	Connections int              `json:"connections"`
	Seconds     float64          `json:"seconds"`
	Operations  int              `json:"operations"`
	Latency     latency          `json:"latency"`
	LastWatcher *latency         `json:"lastWatcher,omitempty"`
	Errors      map[string]int64 `json:"errors"`
	Load        usage            `json:"load"`
}

// CPU of this program while it measured; the names of ProcessUsage.cs.
type usage struct {
	Name         string  `json:"name"`
	ProcessID    int     `json:"processId"`
	Cores        float64 `json:"cores"`
	MemoryMb     float64 `json:"memoryMb"`
	PeakMemoryMb float64 `json:"peakMemoryMb"`
}

func cpuSeconds() (float64, float64) {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		fail(err)
	}
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(used.Utime) + seconds(used.Stime), float64(used.Maxrss) / 1024
}

func usageSince(cpuBefore float64, elapsed time.Duration) usage {
	cpu, peak := cpuSeconds()
	return usage{Name: "load", ProcessID: os.Getpid(), Cores: (cpu - cpuBefore) / elapsed.Seconds(), MemoryMb: peak, PeakMemoryMb: peak}
}

func (m measured) result(op string, s settings) result {
	errors := map[string]int64{}
	if m.errors > 0 {
		errors["error"] = m.errors
	}
	return result{
		Workload: op, Protocol: "grpc", Clients: s.clients, Connections: s.conns, Seconds: m.elapsed.Seconds(),
		Operations: len(m.latencies), Latency: percentiles(m.latencies), Errors: errors, Load: m.load}
}

func percentiles(all []time.Duration) latency {
	if len(all) == 0 {
		return latency{}
	}
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	at := func(share float64) float64 {
		return float64(all[int(share*float64(len(all)-1))].Microseconds()) / 1000
	}
	return latency{P50: at(0.5), P99: at(0.99), P999: at(0.999), Max: at(1)}
}
