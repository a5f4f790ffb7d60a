// Package digest answers WHAT A DIGEST SAYS: what moved in a portfolio, where
// it stands, how it came from where it stood, and what became of those whom
// somebody helped.
//
// It is entered by [Read], which reads the whole book of a workspace once, on
// one snapshot; then [Book.Compose] makes as many digests of it as are due,
// and [Book.Marks] what the digests to come are compared with. All sums,
// rankings and ranges are pure functions of what was read, one file a part.
//
// It deliberately does not know who gets a digest, when it is due, what it is
// worded like, or what time it is. It writes nothing.
package digest
