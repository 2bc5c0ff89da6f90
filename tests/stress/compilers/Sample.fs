// What the F# compiler compiles under the profiler, and then a program to run under it: calls in tail
// position, closures, inlined generics, computations, patterns, exceptions.
// SPDX-License-Identifier: Apache-2.0
module Stress.Sample

open System
open System.Collections.Generic

[<Struct>]
type Point = { X: float; Y: float }

type Expr =
    | Number of int
    | Variable of string
    | Binary of op: char * left: Expr * right: Expr
    | Let of string * Expr * Expr

exception Unbound of name: string

let rec evaluate env expr next =
    match expr with
    | Number n -> next n
    | Variable name ->
        match Map.tryFind name env with
        | Some value -> next value
        | None -> raise (Unbound name)
    | Let(name, value, body) -> evaluate env value (fun v -> evaluate (Map.add name v env) body next)
    | Binary(op, left, right) ->
        evaluate env left (fun l ->
            evaluate env right (fun r ->
                match op with
                | '+' -> next (l + r)
                | '-' -> next (l - r)
                | '*' -> next (l * r)
                | '/' -> next (l / r)
                | _ -> invalidArg (nameof op) (string op)))

// Not deeper: a call in tail position of an instrumented method is an ordinary call.
let rec isEven n = if n = 0 then true else isOdd (n - 1)
and isOdd n = if n = 0 then false else isEven (n - 1)

let (|Prefix|_|) (prefix: string) (text: string) =
    if text.StartsWith(prefix, StringComparison.Ordinal) then Some(text.Substring prefix.Length) else None

let inline sumBy ([<InlineIfLambda>] f: ^a -> ^b) (items: ^a list) : ^b =
    let mutable sum = LanguagePrimitives.GenericZero<^b>
    for item in items do
        sum <- sum + f item
    sum

type MaybeBuilder() =
    member _.Bind(value, f) = Option.bind f value
    member _.Return value = Some value
    member _.Zero() = None

let maybe = MaybeBuilder()

[<Measure>]
type metre

type IShape =
    abstract Area: float<metre^2>

type Tree<'key, 'value when 'key: comparison> =
    | Leaf
    | Node of Tree<'key, 'value> * 'key * 'value * Tree<'key, 'value>

    member tree.Insert(key, value) =
        match tree with
        | Leaf -> Node(Leaf, key, value, Leaf)
        | Node(l, k, v, r) when key < k -> Node(l.Insert(key, value), k, v, r)
        | Node(l, k, v, r) when key > k -> Node(l, k, v, r.Insert(key, value))
        | Node(l, k, _, r) -> Node(l, k, value, r)

    member tree.Items =
        seq {
            match tree with
            | Leaf -> ()
            | Node(l, k, v, r) ->
                yield! l.Items
                yield (k, v)
                yield! r.Items
        }

let attempt f =
    try
        try
            sprintf "%A" (f ())
        finally
            printf "."
    with
    | Unbound name -> "unbound " + name
    | :? DivideByZeroException as e -> e.Message
    | e when e.Message.Length > 0 -> e.GetType().Name

let expressions () =
    let big = List.fold (fun e n -> Binary('+', e, Number n)) (Variable "x") [ 1..100 ]
    for expr in
        [ Let("x", Number 5, big)
          Binary('/', Number 1, Number 0)
          Variable "y"
          Binary('?', Number 1, Number 2) ] do
        printfn "%s" (attempt (fun () -> evaluate Map.empty expr id))
    printfn "%A" (Let("x", Number 1, Variable "x"))

let collections () =
    let points = [ for i in 1..5 -> { X = float i; Y = float (i * i) } ]
    printfn "%f %d" (sumBy (fun p -> p.X * p.Y) points) (sumBy String.length [ "a"; "bc" ])
    let tree = Seq.fold (fun (t: Tree<_, _>) n -> t.Insert(n * 37 % 101, string n)) Leaf [ 1..60 ]
    printfn "%A" (tree.Items |> Seq.truncate 4 |> List.ofSeq)
    let groups = [ 1..50 ] |> List.groupBy (fun n -> n % 4) |> Map.ofList |> Map.map (fun _ l -> List.sum l)
    printfn "%A" groups
    printfn "%A" (Array.Parallel.map (fun n -> n * n) [| 1..10 |] |> Array.rev |> Array.pairwise |> Array.last)
    printfn "%b" (Set.isSubset (set [ 1; 2 ]) (set [ 1..9 ]))
    let counts = Dictionary<string, int>()
    for word in "a b a c b a".Split ' ' do
        counts[word] <- (match counts.TryGetValue word with | true, n -> n + 1 | _ -> 1)
    printfn "%A" [ for KeyValue(k, v) in counts -> $"{k}={v}" ]

let computations () =
    let sum =
        maybe {
            let! a = Some 20
            let! b = (match "id:22" with | Prefix "id:" rest -> Some(int rest) | _ -> None)
            return a + b
        }
    printfn "%A" sum
    let work n = async {
        do! Async.Sleep 1
        if n = 3 then failwith "three"
        return n * 2
    }
    printfn "%A" (Async.Parallel [ work 1; work 2 ] |> Async.RunSynchronously)
    printfn "%s" (attempt (fun () -> Async.RunSynchronously(work 3)))
    let later = task {
        let! values = Async.StartAsTask(Async.Sequential [ work 5; work 6 ])
        return Array.sum values
    }
    printfn "%d" later.Result
    let agent =
        MailboxProcessor.Start(fun inbox ->
            let rec loop total = async {
                let! (n: int, reply: AsyncReplyChannel<int>) = inbox.Receive()
                reply.Reply(total + n)
                return! loop (total + n)
            }
            loop 0)
    printfn "%A" [ for n in 1..5 -> agent.PostAndReply(fun reply -> n, reply) ]

[<EntryPoint>]
let main _ =
    expressions ()
    printfn "%b %b" (isEven 2000) (isOdd 1001)
    collections ()
    computations ()
    let shape = { new IShape with member _.Area = 2.0<metre> * 3.0<metre> }
    printfn "%f" (float shape.Area)
    let quoted = <@ fun x -> x + 1 @>
    printfn "%A" quoted
    3
