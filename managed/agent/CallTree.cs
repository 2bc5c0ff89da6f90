// The tree of call paths, shared by all threads; the sums per path are each thread's own.
// SPDX-License-Identifier: Apache-2.0
// A path that comes back to a method that is on it already leads to the node it had there: recursion
// makes the tree no deeper, a method occurs at most once between a node and the root, and so the
// total of a method is the sum of the totals of its nodes. Reads take no lock; nodes are never removed.
using System.Collections.Concurrent;
using System.Threading;

namespace NewRelic.Agent.Core;

internal sealed class Node(int id, Node? parent, Method? method)
{
    public readonly int Id = id;
    /// <summary>Null for the root only.</summary>
    public readonly Node? Parent = parent;
    /// <summary>Null for the root and for the node of paths not kept.</summary>
    public readonly Method? Method = method;
}

internal static class CallTree
{
    private static readonly Node?[] s_nodes = new Node?[Settings.MaxNodes + Settings.MaxMethods];
    private static readonly ConcurrentDictionary<long, Node> s_edges = new();
    private static int s_count, s_edgeCount;

    public static readonly Node Root = Add(null, null);
    /// <summary>Stands for every path that came after the last free node; below it, a node per method.</summary>
    public static readonly Node Elsewhere = Add(Root, null);

    public static int Count => Volatile.Read(ref s_count);
    public static Node At(int id) => s_nodes[id]!;

    public static Node Child(Node parent, Method method)
    {
        long edge = (long)parent.Id << 32 | (uint)method.Id;
        return s_edges.TryGetValue(edge, out Node? node) ? node : AddChild(edge, parent, method);
    }

    private static Node AddChild(long edge, Node parent, Method method)
    {
        lock (s_edges)
        {
            if (s_edges.TryGetValue(edge, out Node? node)) return node;
            for (node = parent; node != null && node.Method != method;) node = node.Parent;
            if (node == null)
            {
                bool known = Count >= Settings.MaxNodes && parent != Elsewhere;
                node = known ? Child(Elsewhere, method) : Add(parent, method);
            }
            if (s_edgeCount < Settings.MaxEdges)
            {
                s_edges[edge] = node;
                s_edgeCount++;
            }
            return node;
        }
    }

    private static Node Add(Node? parent, Method? method)
    {
        var node = new Node(s_count, parent, method);
        s_nodes[s_count] = node;
        Volatile.Write(ref s_count, s_count + 1);
        return node;
    }
}
