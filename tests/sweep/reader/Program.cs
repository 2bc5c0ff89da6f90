// Reads every method body of the assemblies in a folder with Mono.Cecil.
// SPDX-License-Identifier: Apache-2.0
//
// usage: Reader DIR     prints what cannot be read, and a sum; the exit status is 1 if there was anything
using Mono.Cecil;
using Mono.Cecil.Cil;

int assemblies = 0, bodies = 0, calls = 0, failed = 0;
foreach (string path in Directory.GetFiles(args[0], "*.dll").Order())
{
    try
    {
        using var module = ModuleDefinition.ReadModule(path);
        foreach (TypeDefinition type in module.GetTypes())
            foreach (MethodDefinition method in type.Methods.Where(m => m.HasBody))
                Read(method);
        assemblies++;
    }
    catch (Exception e)
    {
        failed++;
        Console.WriteLine($"{Path.GetFileName(path)}: {e.GetType().Name}: {e.Message}");
    }
}
Console.WriteLine($"{assemblies} assemblies and {bodies} bodies read, {calls} with the injected call, {failed} failed");
return failed > 0 || calls == 0 ? 1 : 0;

void Read(MethodDefinition method)
{
    try
    {
        MethodBody body = method.Body; // decodes code, locals and clauses, and resolves every token
        bodies++;
        if (body.Instructions.Any(i => i.Operand is string s && s == "GetFinishTracerDelegate")) calls++;
        foreach (ExceptionHandler handler in body.ExceptionHandlers)
            if (handler.TryStart is null || handler.HandlerStart is null)
                throw new InvalidDataException("a clause without a start");
    }
    catch (Exception e)
    {
        failed++;
        Console.WriteLine($"{method.FullName}: {e.GetType().Name}: {e.Message}");
    }
}
