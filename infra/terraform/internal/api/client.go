// SPDX-License-Identifier: Apache-2.0

// Package api speaks Penstock's REST API: one credential, retries that repeat nothing, operations that are followed to
// their end, problems that say which field is wrong.
package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

const (
	// How long one look at an operation may last; the API waits on its side.
	operationWait = 20 * time.Second
	pageSize      = "500"
)

// Settings say where the API is and how patient a client is.
type Settings struct {
	Endpoint   string
	APIKey     string
	CACert     []byte        // PEM; trusted beside what the system trusts
	MaxRetries int           // of one request, beyond its first attempt
	Timeout    time.Duration // of one attempt
	UserAgent  string
}

// Client is safe for concurrent use.
type Client struct {
	endpoint *url.URL
	settings Settings
	http     *retryablehttp.Client
}

// New checks the settings; it sends nothing yet.
func New(settings Settings) (*Client, error) {
	endpoint, err := url.Parse(strings.TrimSuffix(settings.Endpoint, "/"))
	if err != nil || endpoint.Host == "" || (endpoint.Scheme != "http" && endpoint.Scheme != "https") {
		return nil, fmt.Errorf("endpoint %q is not a URL such as https://penstock.example.com", settings.Endpoint)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if len(settings.CACert) > 0 {
		trusted, err := x509.SystemCertPool()
		if err != nil {
			trusted = x509.NewCertPool()
		}
		if !trusted.AppendCertsFromPEM(settings.CACert) {
			return nil, errors.New("the CA certificate holds no certificate in PEM")
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}
	}
	client := retryablehttp.NewClient()
	client.Logger = nil
	client.HTTPClient = &http.Client{Transport: transport, Timeout: settings.Timeout}
	client.RetryMax = settings.MaxRetries
	client.RetryWaitMin = 200 * time.Millisecond
	client.RetryWaitMax = 10 * time.Second
	client.CheckRetry = retryable
	client.ErrorHandler = retryablehttp.PassthroughErrorHandler
	return &Client{endpoint: endpoint, settings: settings, http: client}, nil
}

// A request may be repeated when it never arrived, or when the API asks for it. Repetition is harmless: every POST
// carries its idempotency key, every other method says how things should be.
func retryable(ctx context.Context, answer *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err == nil && (answer.StatusCode == http.StatusConflict || answer.StatusCode == http.StatusTooManyRequests) {
		return answer.Header.Get("Retry-After") != "", nil
	}
	return retryablehttp.DefaultRetryPolicy(ctx, answer, err)
}

// Answer is what the API said beside the body.
type Answer struct {
	Status    int
	Operation string // path of the operation to follow; empty: nothing is under way
}

// Option changes one request.
type Option func(*http.Request)

// IfVersion lets a change happen only to the version that was read; an empty one stands for whatever is there.
func IfVersion(version string) Option {
	return func(request *http.Request) {
		if version != "" {
			request.Header.Set("If-Match", `"`+version+`"`)
		}
	}
}

// Get reads into result.
func (c *Client) Get(ctx context.Context, path string, result any) error {
	_, err := c.send(ctx, http.MethodGet, path, nil, result)
	return err
}

// Post sends body under a fresh idempotency key, which all its repetitions share.
func (c *Client) Post(ctx context.Context, path string, body, result any) (Answer, error) {
	key := rand.Text()
	return c.send(ctx, http.MethodPost, path, body, result, func(request *http.Request) {
		request.Header.Set("Idempotency-Key", key)
	})
}

// Patch sends a merge patch (RFC 7396).
func (c *Client) Patch(ctx context.Context, path string, patch, result any, options ...Option) error {
	_, err := c.send(ctx, http.MethodPatch, path, patch, result, options...)
	return err
}

// Put declares what is at the path.
func (c *Client) Put(ctx context.Context, path string, body, result any) error {
	_, err := c.send(ctx, http.MethodPut, path, body, result)
	return err
}

// Delete succeeds as well when there is nothing.
func (c *Client) Delete(ctx context.Context, path string) (Answer, error) {
	answer, err := c.send(ctx, http.MethodDelete, path, nil, nil)
	if IsNotFound(err) {
		return answer, nil
	}
	return answer, err
}

// Await follows an operation to its end. A failed one is an error.
func (c *Client) Await(ctx context.Context, operation string) error {
	for {
		var now Operation
		if err := c.Get(ctx, operation+"?wait="+operationWait.String(), &now); err != nil {
			return fmt.Errorf("while waiting for %s: %w", operation, err)
		}
		switch now.State {
		case "SUCCEEDED":
			return nil
		case "FAILED", "CANCELLED":
			if now.Error != nil {
				return fmt.Errorf("%s %s: %w", now.Type, strings.ToLower(now.State), now.Error)
			}
			return fmt.Errorf("%s was %s", now.Type, strings.ToLower(now.State))
		}
	}
}

// List reads all pages.
func List[R any](ctx context.Context, c *Client, path string, filter url.Values) ([]R, error) {
	query := url.Values{"page_size": {pageSize}}
	for name, values := range filter {
		query[name] = values
	}
	var all []R
	for {
		var page struct {
			Metadata struct {
				NextPageToken string `json:"next_page_token"`
			} `json:"metadata"`
			Data []R `json:"data"`
		}
		if err := c.Get(ctx, path+"?"+query.Encode(), &page); err != nil {
			return nil, err
		}
		all = append(all, page.Data...)
		if page.Metadata.NextPageToken == "" {
			return all, nil
		}
		query.Set("page_token", page.Metadata.NextPageToken)
	}
}

func (c *Client) send(
	ctx context.Context, method, path string, body, result any, options ...Option,
) (Answer, error) {
	var payload []byte
	if body != nil {
		var err error
		if payload, err = json.Marshal(body); err != nil {
			return Answer{}, err
		}
	}
	request, err := retryablehttp.NewRequestWithContext(ctx, method, c.endpoint.String()+path, payload)
	if err != nil {
		return Answer{}, err
	}
	request.Header.Set("Authorization", "Bearer "+c.settings.APIKey)
	request.Header.Set("Accept", "application/json, application/problem+json")
	request.Header.Set("User-Agent", c.settings.UserAgent)
	if body != nil {
		request.Header.Set("Content-Type", contentType(method))
	}
	for _, option := range options {
		option(request.Request)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return Answer{}, fmt.Errorf("the control plane at %s does not answer: %w", c.endpoint, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return Answer{}, fmt.Errorf("%s %s: the answer broke off: %w", method, path, err)
	}
	answer := Answer{Status: response.StatusCode, Operation: response.Header.Get("Operation-Location")}
	if response.StatusCode >= 300 {
		return answer, problem(response, text)
	}
	if result != nil && len(bytes.TrimSpace(text)) > 0 {
		if err := json.Unmarshal(text, result); err != nil {
			return answer, fmt.Errorf("%s %s: the answer is not what the contract says: %w", method, path, err)
		}
	}
	return answer, nil
}

func contentType(method string) string {
	if method == http.MethodPatch {
		return "application/merge-patch+json"
	}
	return "application/json"
}
