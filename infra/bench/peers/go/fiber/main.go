// Serves the routes of the HTTP benchmark with Fiber and rueidis: one EVALSHA per request.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/redis/rueidis"
)

type checkRequest struct {
	Limits []struct {
		Subject       string `json:"subject"`
		Limit         int64  `json:"limit"`
		WindowSeconds int64  `json:"windowSeconds"`
	} `json:"limits"`
}

type lookupRequest struct {
	Token string `json:"token"`
}

type claimRequest struct {
	Key string `json:"key"`
}

func script(name string) *rueidis.Lua {
	text, err := os.ReadFile(filepath.Join(os.Getenv("BENCH_SCRIPTS"), name+".lua"))
	if err != nil {
		log.Fatal(err)
	}
	return rueidis.NewLuaScript(string(text))
}

func main() {
	redis, err := rueidis.NewClient(rueidis.MustParseURL(os.Getenv("REDIS_URL")))
	if err != nil {
		log.Fatal(err)
	}
	gcra, lookup, claim := script("gcra"), script("lookup"), script("claim")
	app := fiber.New(fiber.Config{DisableStartupMessage: true})

	app.Post("/v1/rate-limits/check", func(c *fiber.Ctx) error {
		var body checkRequest
		if err := c.BodyParser(&body); err != nil {
			return err
		}
		limit := body.Limits[0]
		interval := fmt.Sprint(limit.WindowSeconds * 1_000_000 / limit.Limit)
		tolerance := fmt.Sprint(limit.WindowSeconds * 1_000_000)
		keys := []string{"fiber:{" + limit.Subject + "}"}
		admitted, err := gcra.Exec(c.Context(), redis, keys, []string{interval, tolerance}).AsInt64()
		if err != nil {
			return err
		}
		if admitted == 0 {
			c.Status(fiber.StatusTooManyRequests)
		}
		return c.JSON(fiber.Map{"allowed": admitted == 1})
	})

	app.Post("/v1/sessions/lookup", func(c *fiber.Ctx) error {
		var body lookupRequest
		if err := c.BodyParser(&body); err != nil {
			return err
		}
		subject, digest, _ := strings.Cut(body.Token, ".")
		reply, err := lookup.Exec(c.Context(), redis, []string{"session:{" + subject + "}"}, []string{digest}).AsStrSlice()
		if err != nil {
			return err
		}
		if len(reply) == 0 {
			return c.SendStatus(fiber.StatusUnauthorized)
		}
		return c.JSON(fiber.Map{"userId": reply[0], "attributes": reply[1]})
	})

	app.Post("/v1/idempotency/claims", func(c *fiber.Ctx) error {
		var body claimRequest
		if err := c.BodyParser(&body); err != nil {
			return err
		}
		keys := []string{"fiber:claim:{" + body.Key + "}"}
		outcome, err := claim.Exec(c.Context(), redis, keys, []string{body.Key, "", "30000000", "60000000"}).ToString()
		if err != nil {
			return err
		}
		if outcome != "claimed" {
			return c.SendStatus(fiber.StatusConflict)
		}
		return c.Status(fiber.StatusCreated).JSON(fiber.Map{"outcome": outcome, "owner": body.Key})
	})

	log.Fatal(app.Listen("127.0.0.1:" + os.Getenv("PORT")))
}
