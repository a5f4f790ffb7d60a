//go:build !race

package main

const storm = 10_000
