// The attributes that ask for a method to be traced.
// SPDX-License-Identifier: Apache-2.0
using System;

namespace NewRelic.Api.Agent
{
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class TransactionAttribute : Attribute
    {
        public bool Web { get; set; }
    }

    [AttributeUsage(AttributeTargets.Method)]
    public sealed class TraceAttribute : Attribute
    {
    }
}
