# Two commands do all: `go run ./cmd/stanna demo` and `make test`.
.PHONY: test check generate pictures bench build fuzz help

help: ## list what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

test: ## everything, with the race detector, on SQLite and PostgreSQL
	@test/run

check: ## format and vet, quickly
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "not gofmt-ed: $$unformatted"; exit 1; }
	@go vet ./...

generate: ## the pages' Go from their .templ files
	go tool templ generate -path internal/web

fuzz: ## every fuzz target for a minute (FUZZTIME=10m for longer)
	@test/fuzz

pictures: ## take the pictures in docs/messages anew
	go test ./internal/app -run TestMessagePictures -count=1 -pictures

bench: ## measure against the bars of the design and write docs/benchmarks.md
	@go run ./test/bench

build: ## the one binary
	CGO_ENABLED=0 go build -trimpath -o stanna ./cmd/stanna
