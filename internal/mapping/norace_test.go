//go:build !race

package mapping_test

const slowness = 1
