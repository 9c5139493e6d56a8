package fetch

import (
	"errors"
	"net"
)

// unconnected is what went wrong before any connection stood.
type unconnected struct{ err error }

func (u *unconnected) Error() string { return u.err.Error() }
func (u *unconnected) Unwrap() error { return u.err }

// Unreachable tells whether a Get came to nothing because the name in the address that was asked for could not be
// resolved, or nobody could be connected to: it may be our own network that is down. It doesn't tell so of redirects'
// targets, for then a connection stood.
func Unreachable(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.unreachable
}

// Refused tells whether a Get came to nothing because the address is one that is not to be asked.
func Refused(err error) bool {
	var stopped *refused
	return errors.As(err, &stopped)
}

// outOfReach tells whether err is that nobody could be connected to, rather than that nobody should be.
func outOfReach(err error) bool {
	var (
		before *unconnected
		dial   *net.OpError
		dns    *net.DNSError
		odd    *net.AddrError // an address that leads nowhere, whatever the network
	)
	if !errors.As(err, &before) || Refused(err) || errors.As(err, &odd) {
		return false
	}
	return errors.Is(err, errTimeout) || errors.As(err, &dial) || errors.As(err, &dns)
}
