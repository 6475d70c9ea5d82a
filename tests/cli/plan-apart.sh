# What would go wrong between shards is found when the plan is made: each of these pairs is apart.
for n in 10 11 12 13 14 15 16 17; do
    picture photos/gray.jpg a/$n.jpg
    picture photos/gray.jpg b/$n.jpg
done
rm b/12.jpg b/13.jpg b/16.jpg
# The items in error: shard, paths, code, and the shard of the item that has the path of the output.
failed() {
    for list in run/shards/*; do
        jq -r --arg shard "$(basename "$list" .ndjson)" '[$shard, .originalPath, .outputPath, .errorCode // "-"] | join(" ")' "$list"
    done | sort >items
    awk '$4 != "-"' items | while read -r shard input output code; do
        first=$(awk -v output="$output" '$3 == output && $4 == "-" || $2 == output { print $1; exit }' items)
        [ "$shard" = "$first" ] && where="in the same shard" || where="in another shard"
        echo "$input -> $output $code, $where"
    done
}
echo "-- collisions"
imgloom plan --plan run a b -o out --flatten --shards 4 --width 50
failed
rm -r run out
echo "-- inputs that would be overwritten"
imgloom plan --plan run b a -o a --flatten --shards 4 --width 50
failed
tree a
