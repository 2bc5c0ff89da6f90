// Values as text that is the same in every run and on every framework: "Int32:5", "Int32[2,3]".
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading.Tasks;

namespace NewRelic.Agent.Core
{
    internal static class Text
    {
        internal static string Name(string name) => name ?? "null";

        internal static string Value(object value)
        {
            switch (value)
            {
                case null: return "null";
                case string s: return "String:\"" + Escape(s) + "\"";
                case char c: return "Char:'" + Escape(c.ToString()) + "'";
                case bool b: return b ? "Boolean:true" : "Boolean:false";
                case Array a: return ArrayType(a);
                case Task t: return TaskType(t.GetType());
                case DateTime d: return "DateTime:" + d.ToString("s", CultureInfo.InvariantCulture);
                case Exception e: return Type(e.GetType()) + ":" + e.Message;
                case Type t: return "Type:" + t;
                case IFormattable f: return Type(f.GetType()) + ":" + f.ToString(null, CultureInfo.InvariantCulture);
            }
            Type type = value.GetType();
            bool describesItself = type.GetMethod("ToString", System.Type.EmptyTypes).DeclaringType is var declaring &&
                                   declaring != typeof(object) && declaring != typeof(ValueType);
            // A ValueTask describes itself by its result, which may not be there yet.
            bool isTask = type.Namespace == "System.Threading.Tasks";
            return Type(type) + (describesItself && !isTask ? ":" + value : "");
        }

        private static string ArrayType(Array array)
        {
            var lengths = Enumerable.Range(0, array.Rank).Select(array.GetLength);
            return Type(array.GetType().GetElementType()) + "[" + string.Join(",", lengths) + "]";
        }

        // The runtime's own classes derived from Task differ from version to version.
        private static string TaskType(Type type)
        {
            while (type.Namespace != "System.Threading.Tasks" || type.IsNested || !type.Name.StartsWith("Task"))
                type = type.BaseType;
            return Type(type).Replace("<VoidTaskResult>", "");
        }

        // Without namespaces, and without the number that the C# compiler gives to its own classes.
        private static string Type(Type type)
        {
            if (type.IsArray)
                return Type(type.GetElementType()) + "[" + new string(',', type.GetArrayRank() - 1) + "]";
            string name = type.Name;
            int arity = name.IndexOf('`');
            if (arity >= 0) name = name.Substring(0, arity);
            int generated = name.LastIndexOf('>');
            if (generated > 0) name = name.Substring(0, generated + 1);
            if (type.IsGenericType)
                name += "<" + string.Join(", ", type.GetGenericArguments().Select(Type)) + ">";
            return type.IsNested ? type.DeclaringType.Name + "+" + name : name;
        }

        private static string Escape(string text)
        {
            var escaped = new StringBuilder();
            foreach (char c in text)
            {
                if (c >= ' ' && c < 127 && c != '"' && c != '\\') escaped.Append(c);
                else escaped.Append("\\u").Append(((int)c).ToString("x4"));
            }
            return escaped.ToString();
        }
    }
}
