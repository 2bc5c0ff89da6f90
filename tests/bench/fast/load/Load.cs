// Asks a web service for its root as fast as it answers. Each line of standard input is a port and a
// number of requests; the seconds that they took are printed. SPDX-License-Identifier: Apache-2.0
// A thread a core, each with its own connections: it asks on all of them, then takes all answers, so
// the service has work while the client reads, and the client needs no thread pool.
using System;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

static class Load
{
    private const int Connections = 16;

    private static readonly byte[] s_request = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");

    private static Socket Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    // Answers are short and alike: each ends with the last chunk, and nothing follows it.
    private static void TakeAnswer(Socket socket, byte[] buffer)
    {
        int length = 0;
        while (length == 0 || !buffer.AsSpan(0, length).EndsWith("\r\n0\r\n\r\n"u8))
        {
            int more = socket.Receive(buffer, length, buffer.Length - length, SocketFlags.None);
            if (more == 0) throw new InvalidOperationException("the service has closed the connection");
            length += more;
        }
        if (!buffer.AsSpan().StartsWith("HTTP/1.1 200 "u8)) throw new InvalidOperationException("not answered");
    }

    private static void Ask(int port, int requests)
    {
        var sockets = new Socket[Connections];
        var buffer = new byte[4096];
        for (int i = 0; i < sockets.Length; i++) sockets[i] = Connect(port);
        for (int done = 0; done < requests; done += Connections)
        {
            foreach (Socket socket in sockets) socket.Send(s_request);
            foreach (Socket socket in sockets) TakeAnswer(socket, buffer);
        }
        foreach (Socket socket in sockets) socket.Dispose();
    }

    private static void Main()
    {
        while (Console.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            int port = int.Parse(words[0]), requests = int.Parse(words[1]);
            var threads = new Thread[Environment.ProcessorCount];
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < threads.Length; i++)
            {
                threads[i] = new Thread(() => Ask(port, requests / threads.Length));
                threads[i].Start();
            }
            foreach (Thread thread in threads) thread.Join();
            Console.WriteLine(Stopwatch.GetElapsedTime(start).TotalSeconds.ToString(CultureInfo.InvariantCulture));
        }
    }
}
