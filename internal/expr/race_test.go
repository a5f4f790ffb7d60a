//go:build race

package expr_test

const slowness = 20 // under the race detector
