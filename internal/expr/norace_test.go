//go:build !race

package expr_test

const slowness = 1
