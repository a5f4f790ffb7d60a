//go:build !race

package api

const manyRows = 50_000
