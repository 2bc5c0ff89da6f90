// The shop as its customers see it.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Net.Http.Json;
using System.Threading;
using System.Threading.Tasks;

namespace Shop;

public sealed class ShopClient(Uri address, CancellationToken stopping) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = address,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public Task<List<OrderView>> GetOrdersAsync() => GetAsync<List<OrderView>>("orders");
    public Task<Order> GetOrderAsync(int id) => GetAsync<Order>($"orders/{id}");
    public Task<List<Order>> GetOrdersOfAsync(int customerId) => GetAsync<List<Order>>($"customers/{customerId}/orders");
    public Task<List<MonthReport>> GetReportAsync() => GetAsync<List<MonthReport>>("report");
    public Task<List<List<Product>>> GetProductPagesAsync(string category) => GetAsync<List<List<Product>>>($"products/{category}");
    public Task<Dictionary<string, int>> GetCitiesAsync() => GetAsync<Dictionary<string, int>>("cities");
    public Task<int> GetStockAsync(string sku) => GetAsync<int>($"stock/{sku}");

    public async Task<Receipt> PlaceOrderAsync(NewOrder order)
    {
        using HttpResponseMessage response = await _http.PostAsJsonAsync("orders", order, stopping);
        return await ReadAsync<Receipt>(response);
    }

    private async Task<T> GetAsync<T>(string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(path, stopping);
        return await ReadAsync<T>(response);
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode) return (await response.Content.ReadFromJsonAsync<T>(stopping))!;
        Problem? problem = await response.Content.ReadFromJsonAsync<Problem>(stopping);
        throw new ShopException((int)response.StatusCode, problem!);
    }

    public void Dispose() => _http.Dispose();
}

public sealed class ShopException(int status, Problem problem) : Exception(problem.Detail)
{
    public int Status { get; } = status;
    public string Error { get; } = problem.Error;
}
