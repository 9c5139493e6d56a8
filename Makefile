# What a developer runs; .ci/run is the same and more.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOFUMPT     = mvdan.cc/gofumpt@v0.12.0

.PHONY: build test race check fmt bench fuzz

build:            ## the program, as ./planet
	go build -o planet ./cmd/planet

test:             ## all tests
	go test ./...

race:             ## all tests under the race detector
	go test -race ./...

check:            ## format, vet and staticcheck
	@out=$$(go run $(GOFUMPT) -l .); test -z "$$out" || { echo "not gofumpt-ed:"; echo "$$out"; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...

fmt:              ## format the code
	go run $(GOFUMPT) -w .

bench:            ## the whole program on 1,000 feeds, against floors measured in the same run
	go run ./internal/bench

fuzz:             ## each fuzz target for a minute
	@for pkg in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    go test -run '^$$' -fuzz "^$$target$$" -fuzztime 60s $$pkg || exit 1; \
	  done; \
	done
