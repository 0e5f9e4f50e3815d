// Enqueues jobs and works on them with asynq. Reads lines: "run" and the milliseconds of enqueueing, or "idle" for workers
// that wait. Prints a line for each: the number of jobs, the nanoseconds of enqueueing and those of working, or "idle".
package main

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
)

const workers = 8

var payload = []byte(`{"text":"` + strings.Repeat("x", 189) + `"}`)

func startServer(redis asynq.RedisConnOpt, work func()) *asynq.Server {
	server := asynq.NewServer(redis, asynq.Config{Concurrency: workers, LogLevel: asynq.ErrorLevel})
	handler := asynq.HandlerFunc(func(context.Context, *asynq.Task) error {
		work()
		return nil
	})
	if err := server.Start(handler); err != nil {
		log.Fatal(err)
	}
	return server
}

func enqueue(client *asynq.Client, length time.Duration) int64 {
	end := time.Now().Add(length)
	var jobs atomic.Int64
	var callers sync.WaitGroup
	for range workers {
		callers.Go(func() {
			for time.Now().Before(end) {
				if _, err := client.Enqueue(asynq.NewTask("work", payload), asynq.MaxRetry(3)); err != nil {
					log.Fatal(err)
				}
				jobs.Add(1)
			}
		})
	}
	callers.Wait()
	return jobs.Load()
}

// Returns the time from the start of the workers until the last handler returns, just before its job is removed.
func work(redis asynq.RedisConnOpt, jobs int64) time.Duration {
	var worked atomic.Int64
	done := make(chan struct{})
	start := time.Now()
	server := startServer(redis, func() {
		if worked.Add(1) == jobs {
			close(done)
		}
	})
	<-done
	elapsed := time.Since(start)
	server.Shutdown()
	return elapsed
}

func main() {
	redis, err := asynq.ParseRedisURI(os.Getenv("REDIS_URL"))
	if err != nil {
		log.Fatal(err)
	}
	client := asynq.NewClient(redis)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if words[0] == "idle" {
			startServer(redis, func() {})
			fmt.Println("idle")
			continue
		}
		millis, err := strconv.Atoi(words[1])
		if err != nil {
			log.Fatal(err)
		}
		start := time.Now()
		jobs := enqueue(client, time.Duration(millis)*time.Millisecond)
		enqueued := time.Since(start)
		fmt.Println(jobs, enqueued.Nanoseconds(), work(redis, jobs).Nanoseconds())
	}
}
