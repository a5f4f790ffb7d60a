//go:build race

package main

// storm is how many accounts the storm's story has; fewer under the race
// detector, which makes SQLite forty times slower.
const storm = 1_000
