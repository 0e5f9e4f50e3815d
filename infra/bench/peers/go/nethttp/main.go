// Serves the routes of the HTTP benchmark with net/http: checks by redis_rate, the others by one EVALSHA on go-redis.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"
)

type checkRequest struct {
	Limits []struct {
		Subject       string `json:"subject"`
		Limit         int    `json:"limit"`
		WindowSeconds int64  `json:"windowSeconds"`
	} `json:"limits"`
}

type lookupRequest struct {
	Token string `json:"token"`
}

type claimRequest struct {
	Key string `json:"key"`
}

func script(name string) *redis.Script {
	text, err := os.ReadFile(filepath.Join(os.Getenv("BENCH_SCRIPTS"), name+".lua"))
	if err != nil {
		log.Fatal(err)
	}
	return redis.NewScript(string(text))
}

func respond(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func main() {
	options, err := redis.ParseURL(os.Getenv("REDIS_URL"))
	if err != nil {
		log.Fatal(err)
	}
	client := redis.NewClient(options)
	limiter := redis_rate.NewLimiter(client)
	lookup, claim := script("lookup"), script("claim")

	http.HandleFunc("POST /v1/rate-limits/check", func(w http.ResponseWriter, r *http.Request) {
		var body checkRequest
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		limit := body.Limits[0]
		period := time.Duration(limit.WindowSeconds) * time.Second
		rate := redis_rate.Limit{Rate: limit.Limit, Burst: limit.Limit, Period: period}
		result, err := limiter.Allow(r.Context(), limit.Subject, rate)
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		status := http.StatusOK
		if result.Allowed == 0 {
			status = http.StatusTooManyRequests
		}
		respond(w, status, map[string]any{"allowed": result.Allowed == 1, "remaining": result.Remaining})
	})

	http.HandleFunc("POST /v1/sessions/lookup", func(w http.ResponseWriter, r *http.Request) {
		var body lookupRequest
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		subject, digest, _ := strings.Cut(body.Token, ".")
		reply, err := lookup.Run(r.Context(), client, []string{"session:{" + subject + "}"}, digest).StringSlice()
		if err != nil || len(reply) == 0 {
			http.Error(w, "unauthorized", http.StatusUnauthorized)
			return
		}
		respond(w, http.StatusOK, map[string]any{"userId": reply[0], "attributes": reply[1]})
	})

	http.HandleFunc("POST /v1/idempotency/claims", func(w http.ResponseWriter, r *http.Request) {
		var body claimRequest
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		keys := []string{"nethttp:claim:{" + body.Key + "}"}
		outcome, err := claim.Run(r.Context(), client, keys, body.Key, "", "30000000", "60000000").Text()
		if err != nil || outcome != "claimed" {
			http.Error(w, "in progress", http.StatusConflict)
			return
		}
		respond(w, http.StatusCreated, map[string]any{"outcome": outcome, "owner": body.Key})
	})

	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
