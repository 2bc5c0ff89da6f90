// HttpClient against HttpListener over the loopback device: bodies of several kinds, redirects,
// compression, errors, parallel requests.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Stress;

internal static class Http
{
    public static async Task Run()
    {
        (HttpListener listener, string address) = Listen();
        Task server = Serve(listener);
        using var handler = new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(address) };
        await Requests(client);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => client.GetStringAsync($"/echo?{i}")));
        await Failures(client);
        listener.Stop();
        await server;
        await Sockets();
    }

    private static (HttpListener, string) Listen()
    {
        while (true)
        {
            string address = $"http://127.0.0.1:{FreePort()}/";
            var listener = new HttpListener { Prefixes = { address } };
            try
            {
                listener.Start();
                return (listener, address);
            }
            catch (HttpListenerException) // somebody else was faster
            {
                listener.Close();
            }
        }
    }

    private static int FreePort()
    {
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        int port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        return port;
    }

    private static async Task Serve(HttpListener listener)
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            _ = Answer(context);
        }
    }

    private static async Task Answer(HttpListenerContext context)
    {
        HttpListenerResponse response = context.Response;
        switch (context.Request.Url.AbsolutePath)
        {
            case "/redirect":
                response.Redirect("/echo?redirected");
                break;
            case "/gzip":
                response.AddHeader("Content-Encoding", "gzip");
                await using (var gzip = new GZipStream(response.OutputStream, CompressionLevel.Fastest))
                {
                    await gzip.WriteAsync(Encoding.UTF8.GetBytes(new string('z', 5000)));
                }
                break;
            case "/missing":
                response.StatusCode = 404;
                break;
            case "/slow":
                await Task.Delay(1000);
                break;
            default:
                using (var reader = new StreamReader(context.Request.InputStream))
                {
                    string text = $"{context.Request.HttpMethod} {context.Request.Url.Query} {await reader.ReadToEndAsync()}";
                    await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
                }
                break;
        }
        response.Close();
    }

    private static async Task Requests(HttpClient client)
    {
        Console.WriteLine(await client.GetStringAsync("/echo?a=1&b=%20"));
        Console.WriteLine(await client.GetStringAsync("/redirect"));
        Console.WriteLine((await client.GetStringAsync("/gzip")).Length);
        using var form = new FormUrlEncodedContent(Enumerable.Range(0, 3).ToDictionary(i => $"k{i}", i => $"v {i}&"));
        using HttpResponseMessage posted = await client.PostAsync("/echo", form);
        Console.WriteLine($"{(int)posted.StatusCode} {await posted.Content.ReadAsStringAsync()}");
        using var request = new HttpRequestMessage(HttpMethod.Put, "/echo?put");
        request.Content = new MultipartFormDataContent("limit") { { new StringContent("part"), "name" } };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/plain", 0.5));
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage put = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Console.WriteLine((await put.Content.ReadAsStringAsync()).Replace("\r", ""));
    }

    private static async Task Failures(HttpClient client)
    {
        try
        {
            await client.GetStringAsync("/missing");
        }
        catch (HttpRequestException e)
        {
            Console.WriteLine($"{e.StatusCode} {e.Message}");
        }
        using var source = new CancellationTokenSource(50);
        try
        {
            await client.GetAsync("/slow", source.Token);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("cancelled");
        }
        try
        {
            await client.GetAsync($"http://127.0.0.1:{FreePort()}/");
        }
        catch (HttpRequestException e)
        {
            Console.WriteLine(((SocketException)e.InnerException).SocketErrorCode);
        }
    }

    private static async Task Sockets()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<Socket> accepting = listener.AcceptSocketAsync();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using Socket server = await accepting;
        byte[] sent = Enumerable.Range(0, 100000).Select(i => (byte)i).ToArray(), got = new byte[sent.Length];
        Task<int> sending = server.SendAsync(sent, SocketFlags.None);
        await client.GetStream().ReadExactlyAsync(got);
        Console.WriteLine($"{await sending} {sent.SequenceEqual(got)}");
    }
}
