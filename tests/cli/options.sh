# Options and inputs mix; arguments joined and apart; -- ends options; the word alone is no value.
picture photos/gray.jpg a.jpg
picture photos/gray.jpg ./-j9.jpg
imgloom run -o out a.jpg --width=60 -j1 -Q -- -j9.jpg
imgloom run -Qvo x a.jpg
imgloom run -Qoout --grayscale a.jpg --report r1.json
imgloom run -Q -o out --greyscale a.jpg --if-exists=replace --report=r2.json
jq -c '.recipe.grayscale' r1.json r2.json
tree .
