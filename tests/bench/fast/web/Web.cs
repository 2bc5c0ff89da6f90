// A web service that says hello. Prints its port once it listens; ends with its standard input.
// SPDX-License-Identifier: Apache-2.0
using System;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

WebApplicationBuilder builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders();
WebApplication app = builder.Build();
app.Urls.Add("http://127.0.0.1:0");
app.MapGet("/", () => "Hello");
await app.StartAsync();
foreach (string url in app.Urls) Console.WriteLine(new Uri(url).Port);
Console.In.ReadToEnd();
