// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Problem is why the API refused (RFC 9457).
type Problem struct {
	Status    int            `json:"status"`
	Code      string         `json:"code"`
	Title     string         `json:"title"`
	Detail    string         `json:"detail"`
	Hint      string         `json:"hint"`
	RequestID string         `json:"request_id"`
	Errors    []FieldProblem `json:"errors"`
	Blocking  []ResourceRef  `json:"blocking"`
}

// FieldProblem is one wrong field; Pointer is a JSON pointer into the request.
type FieldProblem struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
}

// ResourceRef names another resource.
type ResourceRef struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

func (p *Problem) Error() string {
	text := strings.Builder{}
	fmt.Fprintf(&text, "%s (%d %s)", p.Detail, p.Status, p.Code)
	for _, wrong := range p.Errors {
		fmt.Fprintf(&text, "; %s: %s", wrong.Pointer, wrong.Detail)
	}
	if len(p.Blocking) > 0 {
		names := make([]string, len(p.Blocking))
		for i, other := range p.Blocking {
			names[i] = other.Kind + " " + other.ID
		}
		fmt.Fprintf(&text, "; in the way: %s", strings.Join(names, ", "))
	}
	if p.Hint != "" {
		fmt.Fprintf(&text, ". %s", p.Hint)
	}
	if p.RequestID != "" {
		fmt.Fprintf(&text, " [request %s]", p.RequestID)
	}
	return text.String()
}

// IsNotFound tells whether the API says that there is no such thing.
func IsNotFound(err error) bool {
	return hasStatus(err, http.StatusNotFound)
}

// IsVersionConflict tells whether somebody else changed the resource since it was read.
func IsVersionConflict(err error) bool {
	return hasStatus(err, http.StatusPreconditionFailed)
}

// HasCode tells whether the API refused with this code.
func HasCode(err error, code string) bool {
	var refused *Problem
	return errors.As(err, &refused) && refused.Code == code
}

func hasStatus(err error, status int) bool {
	var refused *Problem
	return errors.As(err, &refused) && refused.Status == status
}

func problem(response *http.Response, text []byte) error {
	refused := &Problem{}
	if json.Unmarshal(text, refused) != nil || refused.Code == "" {
		refused.Code = "unexpected_answer"
		refused.Detail = strings.TrimSpace(string(text[:min(len(text), 500)]))
	}
	refused.Status = response.StatusCode
	return refused
}
