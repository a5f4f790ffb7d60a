//go:build race

package api

// manyRows is fewer under the race detector, which makes SQLite forty times
// slower.
const manyRows = 1_500
