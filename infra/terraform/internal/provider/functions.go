// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func text(name, description string) function.StringParameter {
	return function.StringParameter{Name: name, MarkdownDescription: description}
}

// jaas writes what Java clients want in sasl.jaas.config.
type jaas struct{}

func (jaas) Metadata(_ context.Context, _ function.MetadataRequest, response *function.MetadataResponse) {
	response.Name = "jaas"
}

func (jaas) Definition(_ context.Context, _ function.DefinitionRequest, response *function.DefinitionResponse) {
	response.Definition = function.Definition{
		Summary:             "The sasl.jaas.config of a Java client",
		MarkdownDescription: "Writes `sasl.jaas.config` for a user name, a secret and a mechanism.",
		Parameters: []function.Parameter{
			text("username", "The credential's user name."), text("secret", "Its secret."),
			text("mechanism", "`SCRAM_SHA_512`, `SCRAM_SHA_256` or `PLAIN`; dashes instead of underscores are fine."),
		},
		Return: function.StringReturn{},
	}
}

func (jaas) Run(ctx context.Context, request function.RunRequest, response *function.RunResponse) {
	var username, secret, mechanism string
	if response.Error = request.Arguments.Get(ctx, &username, &secret, &mechanism); response.Error != nil {
		return
	}
	var module string
	switch strings.ReplaceAll(mechanism, "-", "_") {
	case "SCRAM_SHA_512", "SCRAM_SHA_256":
		module = "scram.ScramLoginModule"
	case "PLAIN":
		module = "plain.PlainLoginModule"
	default:
		response.Error = function.NewArgumentFuncError(2, "not a mechanism: "+mechanism)
		return
	}
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	line := fmt.Sprintf(`org.apache.kafka.common.security.%s required username="%s" password="%s";`,
		module, quote.Replace(username), quote.Replace(secret))
	response.Error = response.Result.Set(ctx, line)
}

// parseBootstrap takes bootstrap servers apart.
type parseBootstrap struct{}

var serverTypes = map[string]attr.Type{"host": types.StringType, "port": types.Int64Type}

type server struct {
	Host string `tfsdk:"host"`
	Port int64  `tfsdk:"port"`
}

func (parseBootstrap) Metadata(_ context.Context, _ function.MetadataRequest, response *function.MetadataResponse) {
	response.Name = "parse_bootstrap"
}

func (parseBootstrap) Definition(
	_ context.Context, _ function.DefinitionRequest, response *function.DefinitionResponse,
) {
	response.Definition = function.Definition{
		Summary:             "Hosts and ports of bootstrap servers",
		MarkdownDescription: "Takes `host:port,host:port` apart, into a list of `{host, port}`.",
		Parameters:          []function.Parameter{text("bootstrap_servers", "As a cluster has it.")},
		Return:              function.ListReturn{ElementType: types.ObjectType{AttrTypes: serverTypes}},
	}
}

func (parseBootstrap) Run(ctx context.Context, request function.RunRequest, response *function.RunResponse) {
	var list string
	if response.Error = request.Arguments.Get(ctx, &list); response.Error != nil {
		return
	}
	servers := []server{}
	for one := range strings.SplitSeq(list, ",") {
		host, port, err := net.SplitHostPort(strings.TrimSpace(one))
		number, wrong := strconv.ParseUint(port, 10, 16)
		if err != nil || wrong != nil || host == "" {
			response.Error = function.NewArgumentFuncError(0, "not host:port: "+one)
			return
		}
		servers = append(servers, server{host, int64(number)})
	}
	response.Error = response.Result.Set(ctx, servers)
}

// s3URI writes the URI of a bucket.
type s3URI struct{}

func (s3URI) Metadata(_ context.Context, _ function.MetadataRequest, response *function.MetadataResponse) {
	response.Name = "s3_uri"
}

func (s3URI) Definition(_ context.Context, _ function.DefinitionRequest, response *function.DefinitionResponse) {
	response.Definition = function.Definition{
		Summary: "The uri of a penstock_bucket on S3",
		MarkdownDescription: "Writes `s3://bucket/root?…`; the options are `endpoint`, `region` and `path_style`, " +
			"each left out where it is empty.",
		Parameters: []function.Parameter{
			text("bucket", "The bucket's name."),
			text("root", "The part of the bucket that is Penstock's; may be empty."),
			function.MapParameter{
				Name: "options", ElementType: types.StringType,
				MarkdownDescription: "`endpoint`, `region`, `path_style`.",
			},
		},
		Return: function.StringReturn{},
	}
}

func (s3URI) Run(ctx context.Context, request function.RunRequest, response *function.RunResponse) {
	var bucket, root string
	var options map[string]string
	if response.Error = request.Arguments.Get(ctx, &bucket, &root, &options); response.Error != nil {
		return
	}
	query := url.Values{}
	for name, value := range options {
		if name != "endpoint" && name != "region" && name != "path_style" {
			response.Error = function.NewArgumentFuncError(2, "not an option: "+name)
			return
		}
		if value != "" {
			query.Set(name, value)
		}
	}
	uri := url.URL{Scheme: "s3", Host: bucket, RawQuery: query.Encode()}
	if root != "" {
		uri.Path = "/" + strings.Trim(root, "/")
	}
	response.Error = response.Result.Set(ctx, uri.String())
}
