// The file of recorded lines, named by NR_TEST_RECORD; without it nothing is recorded.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Text;

namespace NewRelic.Agent.Core
{
    internal static class Record
    {
        private static readonly FileStream File = Open();

        // Describing a value may run methods that are instrumented themselves.
        [ThreadStatic] private static bool _busy;

        private static FileStream Open()
        {
            string path = Environment.GetEnvironmentVariable("NR_TEST_RECORD");
            return path == null ? null : new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        }

        internal static void Write(Func<string> line)
        {
            if (File == null || _busy) return;
            _busy = true;
            try
            {
                byte[] bytes = Encoding.UTF8.GetBytes(Describe(line) + "\n");
                lock (File)
                {
                    File.Write(bytes, 0, bytes.Length);
                    File.Flush();
                }
            }
            finally
            {
                _busy = false;
            }
        }

        private static string Describe(Func<string> line)
        {
            try
            {
                return line();
            }
            catch (Exception e)
            {
                return "the recorder failed: " + e.GetType().FullName + ": " + e.Message;
            }
        }
    }
}
